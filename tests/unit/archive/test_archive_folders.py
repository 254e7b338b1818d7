"""The archive export: folders, names, a list that Excel opens, and going on after it was cut short (F31)."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from archive_fixtures import drawing, take
from hypothesis import given
from hypothesis import strategies as st

from appliance.archive import folders
from appliance.archive.errors import ArchiveFailed
from appliance.archive.folders import LIST, archive, levels_of
from appliance.archive.naming import MOST_BYTES, clean, photo_name
from appliance.archive.table import as_csv, harmless, read_csv
from appliance.ledger.store import Ledger


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.jpg"))


def test_f31_archive_by_school_level_and_class(archive_ledger: Ledger, tmp_path: Path) -> None:
    take(archive_ledger, 1)
    take(archive_ledger, 2, class_name="二班", student_number="2022****18", state="accepted")
    take(archive_ledger, 3, state="refused")
    done = archive(archive_ledger, tmp_path / "out", patterns={"plan": "{student_number}_{name}"})
    assert (done.written, done.missing) == (2, ())
    assert files(tmp_path / "out") == [
        "广东工业大学/本科/一班/2022＊＊＊＊17_李＊明.jpg",
        "广东工业大学/本科/二班/2022＊＊＊＊18_李＊明.jpg",
    ]
    assert (tmp_path / "out/广东工业大学/本科/一班/2022＊＊＊＊17_李＊明.jpg").read_bytes() == drawing(101)
    data = (tmp_path / "out" / LIST).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "Excel takes it for UTF-8 only with a byte order mark"
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [(row["姓名"], row["班级"], row["状态"]) for row in rows] == [
        ("李*明", "一班", "waiting"),
        ("李*明", "二班", "accepted"),
    ]
    assert [row["文件"] for row in rows] == files(tmp_path / "out")


def test_an_export_that_was_cut_short_goes_on_and_writes_nothing_twice(
    archive_ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        take(archive_ledger, number)  # all with the same masked number
    real, left = folders.write_durably, [3]

    def stick_pulled(path: Path, data: bytes, mode: int) -> None:
        if not left[0]:
            raise OSError(5, "Input/output error")
        left[0] -= 1
        real(path, data, mode)

    monkeypatch.setattr(folders, "write_durably", stick_pulled)
    with pytest.raises(OSError, match="Input/output"):
        archive(archive_ledger, tmp_path / "out")
    monkeypatch.undo()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.jpg")}
    steps: list[tuple[int, int]] = []
    done = archive(archive_ledger, tmp_path / "out", progress=lambda *step: steps.append(step))
    assert (done.written, done.there_already) == (3, 3)
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in before.items())
    assert steps == [(number, 6) for number in range(1, 7)]
    assert len(files(tmp_path / "out")) == 6
    take(archive_ledger, 7)
    again = archive(archive_ledger, tmp_path / "out")
    assert (again.written, again.there_already) == (1, 6)


def test_names_once_given_stay_when_others_go(archive_ledger: Ledger, tmp_path: Path) -> None:
    first, second = take(archive_ledger, 1), take(archive_ledger, 2)
    archive(archive_ledger, tmp_path / "out")
    names = {row["capture_id"]: row["file"] for row in read_csv((tmp_path / "out" / LIST).read_bytes())}
    archive_ledger.vault.delete(first)
    done = archive(archive_ledger, tmp_path / "out")
    assert done.missing == ()  # its photo lies in the archive, whole
    after = {row["capture_id"]: row["file"] for row in read_csv((tmp_path / "out" / LIST).read_bytes())}
    assert after[second] == names[second]


def test_a_changed_photo_in_the_archive_is_written_anew(archive_ledger: Ledger, tmp_path: Path) -> None:
    take(archive_ledger, 1)
    archive(archive_ledger, tmp_path / "out")
    [path] = (tmp_path / "out").rglob("*.jpg")
    path.write_bytes(b"touched up")
    assert archive(archive_ledger, tmp_path / "out").written == 1
    assert path.read_bytes() == drawing(101)


@pytest.mark.parametrize(
    "school", ["../../etc", "/etc", "..", ".", "C:\\Windows", "a/../../b", "\u202egnp", "CON", " . "]
)
def test_names_that_are_paths_stay_inside(archive_ledger: Ledger, tmp_path: Path, school: str) -> None:
    take(archive_ledger, 1, school=school, student_number="../../x")
    archive(archive_ledger, tmp_path / "out", by=("school",))
    [path] = (tmp_path / "out").rglob("*.jpg")
    assert path.resolve().parent.parent == (tmp_path / "out").resolve()
    assert [entry.name for entry in tmp_path.iterdir() if entry.name not in ("out", "station")] == []


def test_a_link_in_the_target_is_not_followed(archive_ledger: Ledger, tmp_path: Path) -> None:
    take(archive_ledger, 1)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "广东工业大学").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ArchiveFailed, match="leads out"):
        archive(archive_ledger, tmp_path / "out")
    assert list((tmp_path / "elsewhere").rglob("*.jpg")) == []


@given(st.text(max_size=200))
def test_every_name_is_one_that_every_file_system_takes(text: str) -> None:
    name = clean(text)
    assert name
    assert len(name.encode()) <= MOST_BYTES + 1
    assert not set(name) & set('<>:"/\\|?*')
    assert name == name.strip(". ")
    assert not any(unicodedata.category(char) == "Cc" for char in name)
    assert name.split(".")[0].lower() not in {"con", "nul", "aux", "prn", "com1", "lpt9"}


@given(st.lists(st.text(max_size=30), min_size=15, max_size=15))
def test_whatever_is_written_to_the_list_is_read_back_and_is_no_formula(cells: list[str]) -> None:
    row = dict(
        zip(
            (
                "file",
                "school",
                "level",
                "type",
                "class_name",
                "major",
                "name",
                "student_number",
                "number",
                "state",
                "accepted_at",
                "source",
                "exception",
                "capture_id",
                "photo_sha256",
            ),
            cells,
            strict=True,
        )
    )
    [found] = read_csv(as_csv([row]))
    assert found == row
    assert not any(harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "＝1+1", "\t=1"])
def test_a_formula_is_shown_as_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_unusable_wishes_are_refused_with_the_way_out(archive_ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(ArchiveFailed, match="join some of"):
        levels_of("school/town")
    with pytest.raises(ArchiveFailed, match="there are capture_id"):
        photo_name("{id_number}", {}, "c")
    with pytest.raises(ArchiveFailed, match="cannot be read"):
        photo_name("{name", {}, "c")
    with pytest.raises(ArchiveFailed, match="data folder"):
        archive(archive_ledger, archive_ledger.data_dir / "out")
    (tmp_path / "list").mkdir()
    (tmp_path / "list" / LIST).write_text("something else")
    with pytest.raises(ArchiveFailed, match="was not written by this program"):
        archive(archive_ledger, tmp_path / "list")
