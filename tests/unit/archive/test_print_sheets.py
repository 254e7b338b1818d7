"""Sheets of prints (F31): sizes to the pixel, places on the paper, captions in an embedded font, a printer or none."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from archive_fixtures import STUDENT, drawing, take
from PIL import Image
from typer.testing import CliRunner, Result

from appliance.archive import fonts, printer
from appliance.archive.errors import ArchiveFailed, NoFont
from appliance.archive.layouts import EDGE_MM, PAPER_MM, layouts, sheet_of
from appliance.archive.prints import print_of
from appliance.archive.sheets import Print, caption_lines, draw_sheets
from appliance.cli import program
from appliance.ledger.store import Ledger
from appliance.platform.contract import PrintLayout
from appliance.portrait.profile import load_profile

MM_PT = 72 / 25.4


@pytest.fixture(scope="session")
def chinese_font() -> None:
    try:
        fonts.caption_type()
    except NoFont as error:
        pytest.skip(str(error))


def layout(**changes: object) -> PrintLayout:
    return layouts()["one-inch-8"].model_copy(update=changes)


def contents(pdf: bytes) -> str:
    """Every decodable stream of a PDF, as text."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    found = []
    for stream in streams:
        data = stream.strip()
        if data.endswith(b"~>"):
            data = base64.a85decode(b"<~" + data, adobe=True)
        try:
            found.append(zlib.decompress(data).decode("latin-1"))
        except zlib.error:
            continue
    return "\n".join(found)


@pytest.mark.parametrize(("profile", "size"), [("id-1inch", (295, 413)), ("id-2inch", (413, 579))])
def test_f31_a_print_has_its_size_at_300_dpi_and_the_face_in_its_middle(profile: str, size: tuple[int, int]) -> None:
    jpeg = print_of(drawing(120), load_profile(profile))
    with Image.open(io.BytesIO(jpeg)) as image:
        assert image.size == size
        assert image.info["dpi"] == (300, 300)
        pixels = np.asarray(image.convert("RGB")).astype(int)
    skin = np.abs(pixels - (120, 180, 150)).sum(axis=2) < 60
    columns = np.flatnonzero(skin.any(axis=0))
    assert abs((columns[0] + columns[-1]) / 2 - (size[0] - 1) / 2) < 2


def test_a_thumbnail_is_never_enlarged_to_a_print() -> None:
    small = io.BytesIO()
    Image.open(io.BytesIO(drawing(120))).resize((240, 320)).save(small, "JPEG")
    with pytest.raises(ArchiveFailed, match="is not enlarged"):
        print_of(small.getvalue(), load_profile("id-1inch"))


@pytest.mark.parametrize("name", ["one-inch-8", "two-inch-4", "one-inch-a4"])
def test_every_layout_lies_within_its_paper_and_no_photo_on_another(name: str) -> None:
    sheet = sheet_of(layouts()[name])
    assert sorted(sheet.paper) == sorted(PAPER_MM[sheet.layout.paper])
    width, height = sheet.photo
    boxes = [(x, y, x + width, y + height) for x, y in sheet.places]
    assert len(boxes) == sheet.layout.rows * sheet.layout.columns
    assert all(box[0] >= EDGE_MM and box[2] <= sheet.paper[0] - EDGE_MM for box in boxes)
    assert all(box[1] >= EDGE_MM and box[3] <= sheet.paper[1] - EDGE_MM for box in boxes)
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


def test_what_does_not_fit_is_refused_with_the_figures() -> None:
    with pytest.raises(ArchiveFailed, match=r"9x2 photos take 241x\d+ mm, 6-inch has 102x152 mm"):
        sheet_of(layout(columns=9))


def test_photos_are_drawn_at_their_exact_size_with_crop_marks_beside_them() -> None:
    sheet = sheet_of(layout(caption=""))
    pdf = draw_sheets(sheet, [Print(drawing(1), {})], copies=0)
    drawn = re.findall(r"q\s+([\d.]+) 0 0 ([\d.]+) [\d.]+ [\d.]+ cm", contents(pdf))
    assert len(drawn) == 8
    assert {(round(float(w) / MM_PT, 1), round(float(h) / MM_PT, 1)) for w, h in drawn} == {(25.0, 35.0)}
    marked, plain = (
        contents(pdf),
        contents(draw_sheets(sheet_of(layout(caption="", crop_marks=False)), [Print(drawing(1), {})], copies=0)),
    )
    assert marked.count(" l S") == 8 * 8
    assert plain.count(" l S") == 0


@pytest.mark.usefixtures("chinese_font")
def test_captions_are_in_an_embedded_font() -> None:
    pdf = draw_sheets(sheet_of(layout()), [Print(drawing(1), STUDENT)], copies=2)
    assert b"/FontFile2" in pdf
    assert caption_lines("{name} {student_number}\n{class_name} {unknown}", STUDENT) == [
        "李*明 2022****17",
        "一班 {unknown}",
    ]


@pytest.mark.usefixtures("chinese_font")
def test_a_caption_loses_no_character_of_a_masked_record() -> None:
    line = "欧*娜 2022****17 (A-1)"
    assert "".join(text for _, text in fonts.caption_type().runs(line)) == line


def test_sheets_flow_or_belong_to_one_student(tmp_path: Path) -> None:
    sheet = sheet_of(layout(caption=""))
    three = [Print(drawing(number), {}) for number in range(3)]
    assert draw_sheets(sheet, three, copies=0).count(b"/Type /Page\n") == 3
    assert draw_sheets(sheet, three, copies=2).count(b"/Type /Page\n") == 1
    assert draw_sheets(sheet, three, copies=3).count(b"/Type /Page\n") == 2


def test_a_missing_font_is_said_with_the_command_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    with pytest.raises(NoFont, match="apt-get install fonts-droid-fallback"):
        fonts.caption_type(candidates=[str(tmp_path / "broken.ttf"), str(tmp_path / "nothing.ttf")])


def station(*arguments: object) -> Result:
    return CliRunner().invoke(program(), [str(argument) for argument in arguments])


@pytest.mark.usefixtures("chinese_font")
def test_f31_station_print_writes_the_sheets_of_whoever_is_wanted(archive_ledger: Ledger, tmp_path: Path) -> None:
    first = take(archive_ledger, 1)
    take(archive_ledger, 2, name="王*", state="refused")
    data, out = archive_ledger.data_dir, tmp_path / "sheets.pdf"
    done = station("print", out, "--data", data, "--layout", "two-inch-4")
    assert done.exit_code == 0, done.output
    assert "1 sheets of 1 photos" in done.stdout
    assert out.read_bytes().startswith(b"%PDF-")
    assert station("print", out, "--data", data, "--captures", first, "--copies", 1).exit_code == 0
    assert station("print", out, "--data", data, "--query", "nobody").exit_code == 1
    assert station("print", out, "--data", data, "--layout", "poster").exit_code == 2
    assert station("print", tmp_path / "sheets.png", "--data", data).exit_code == 2
    assert station("print", out, "--data", data, "--captures", "nothing").exit_code == 1


def test_a_machine_without_printing_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ArchiveFailed, match="apt-get install cups-client"):
        printer.send(tmp_path / "sheets.pdf", "office")


def test_a_printer_gets_the_sheets_at_their_own_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, script in {
        "lp": 'echo "$@" > "$(dirname "$0")/asked"; [ "$2" = office ] || exit 1; echo "request id is office-1"',
        "lpstat": "echo office; echo counter",
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert printer.send(tmp_path / "sheets.pdf", "office") == "request id is office-1"
    assert (tmp_path / "asked").read_text().split() == [
        "-d",
        "office",
        "-o",
        "print-scaling=none",
        "--",
        str(tmp_path / "sheets.pdf"),
    ]
    with pytest.raises(ArchiveFailed, match="there are: office, counter"):
        printer.send(tmp_path / "sheets.pdf", "attic")
    monkeypatch.setattr(subprocess, "run", slow)
    with pytest.raises(ArchiveFailed, match="no answer within 20 s"):
        printer.send(tmp_path / "sheets.pdf", "office")


def slow(*_: object, **__: object) -> None:
    raise subprocess.TimeoutExpired("lp", 20)
