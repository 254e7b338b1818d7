"""The report of a check: self-contained, in both languages, every picture with its numbers, nothing from a file name trusted."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from appliance.cli import check
from appliance.portrait.check import unreadable
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.observe import Observation
from appliance.portrait.profile import load_profile
from appliance.portrait.report.evidence import Examined, evidence_of
from appliance.portrait.report.histogram import histogram, series_of
from appliance.portrait.report.page import page
from appliance.portrait.rules import judge

PROFILE = load_profile("moe-2017-99")
_VOID = {"meta", "input", "br", "img"}


class Checked(HTMLParser):
    """Holds the page to what HTML asks: closed elements, names given once, nothing fetched from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.elsewhere: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in _VOID:
            self.open.append(tag)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        for name in ("href", "src"):
            target = found.get(name) or ""
            if target.startswith("#"):
                self.wanted.append(target[1:])
            elif target and not target.startswith("data:"):
                self.elsewhere.append(target)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def examined(seen: Observation, name: str, stage: Stage = Stage.CAPTURE) -> Examined:
    verdict = judge(seen, PROFILE, stage)
    result = {
        "file": f"/pictures/{name}",
        **verdict.as_evidence(),
        "judged_as": str(stage),
        "timings_ms": {"judge": 12.0},
    }
    return Examined(result, evidence_of(Subject(seen, PROFILE, stage)))


def read(text: str) -> Checked:
    found = Checked()
    found.feed(text)
    assert not found.open
    assert len(found.ids) == len(set(found.ids))
    assert set(found.wanted) <= set(found.ids)
    assert not found.elsewhere
    return found


def test_a_page_needs_nothing_but_itself(person: Callable[..., Observation]) -> None:
    broken = Examined(unreadable(Path("/pictures/torn.jpg"), "moe-2017-99", "图片损坏", "the picture is damaged"), None)
    text = page([examined(person(), "a.jpg"), broken, examined(person(midline=500.0), "b.jpg")], PROFILE, "today")
    found = read(text)
    assert {"p0", "p1", "p2"} <= set(found.ids)
    assert "@import" not in text
    assert not re.search(r"url\((?!data:)", text)
    for said in ("图片损坏", "the picture is damaged", "检查报告", "Check report", "头顶距离", "room above the hair"):
        assert said in text


def test_every_rule_of_every_picture_is_told(person: Callable[..., Observation]) -> None:
    one = examined(person(), "a.jpg")
    text = page([one], PROFILE, "today")
    article = text[text.index('<article id="p0"') :]
    for rule in one.result["rules"]:
        assert f"<code>{rule['id']}</code>" in article
        assert (rule["outcome"] not in ("fail", "unknown")) or rule["message"]["en"].split("'")[0] in article


def test_a_file_name_is_not_markup(person: Callable[..., Observation]) -> None:
    text = page([examined(person(), '"><script>alert(1)</script>.jpg')], PROFILE, "<b>now</b>")
    read(text)
    assert "<script>alert" not in text
    assert "<b>now" not in text


def test_bands_are_drawn_where_the_profile_has_them(person: Callable[..., Observation]) -> None:
    seen = examined(person(), "a.jpg").evidence
    assert seen is not None
    assert seen.crop is not None
    assert seen.head is not None
    x0, y0, x1, y1 = seen.crop
    assert (x1 - x0) * seen.photo_scale == pytest.approx(PROFILE.width, abs=0.5)
    assert (y1 - y0) * seen.photo_scale == pytest.approx(PROFILE.height, abs=0.5)
    low, high = PROFILE.limit("geometry.eyes")
    assert low <= (seen.head.eyes - y0) * seen.photo_scale <= high
    text = page([examined(person(), "a.jpg")], PROFILE, "")
    assert f'y="{y0 + low / seen.photo_scale:.1f}" height="{(high - low) / seen.photo_scale:.1f}"' in text


def test_without_a_face_there_is_still_a_picture(person: Callable[..., Observation]) -> None:
    blank = np.full((300, 400, 3), 200, np.uint8)
    nobody = Observation(blank, blank, 1.0, (), None, {}, None)
    found = examined(nobody, "empty.jpg")
    assert found.evidence is not None
    assert found.evidence.photo is None
    assert found.evidence.no_photo is not None
    read(page([found], PROFILE, ""))


def test_a_histogram_has_a_block_for_every_picture(person: Callable[..., Observation]) -> None:
    pictures = [examined(person(midline=640.0 + 5 * step), f"{step}.jpg").result for step in range(7)]
    found = {series.key: series for series in series_of(pictures)}
    tilt = found["geometry.shoulders"]
    assert tilt.readings[0][1].limit == (-5.0, 5.0), "a magnitude is drawn on both sides"
    for series in found.values():
        measured = len(series.readings) - series.unmeasured
        assert len(series.readings) == len(pictures)
        drawn = histogram(series, [f"{step}.jpg" for step in range(7)])
        assert drawn.count("<a href=") == measured


def test_many_pictures_become_bars(person: Callable[..., Observation]) -> None:
    many = [examined(person(), "a.jpg").result] * 601
    series = next(each for each in series_of(many) if each.key == "geometry.eyes")
    drawn = histogram(series, ["a.jpg"] * 601)
    assert "<a href=" not in drawn
    assert "<title>601</title>" in drawn


def run(*arguments: object) -> Result:
    app = Typer()
    check.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


@pytest.mark.parametrize(
    ("report", "named"), [("out.txt", ".html"), ("nowhere/out.html", "no folder"), ("folder.html", "taken")]
)
def test_a_report_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path, report: str, named: str) -> None:
    (tmp_path / "folder.html").mkdir()
    picture = tmp_path / "a.jpg"
    picture.write_bytes(b"no picture")
    result = run("--report", tmp_path / report, picture)
    assert result.exit_code == 2
    assert named in result.stderr


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "no pictures" in result.stderr


@pytest.mark.networks
def test_a_report_of_a_folder(networks_dir: Path, tmp_path: Path) -> None:
    """With the networks, on a picture of nobody and on a file that is none; the names come in order."""
    (tmp_path / "inner").mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (160, 120, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "inner" / "b.png"), noise)
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("not a picture's name")
    report = tmp_path / "out.html"
    result = run("--report", report, "--workers", 1, tmp_path)
    assert result.exit_code == 2
    assert "2 pictures" in result.stdout
    text = report.read_text(encoding="utf-8")
    read(text)
    assert text.index("a.jpg") < text.index("b.png")
    assert "notes.txt" not in text
