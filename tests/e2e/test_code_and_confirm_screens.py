"""From the code to the consent: what these screens ask the station for, and how they say what was refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import recorded_states as states
from pages import at, button, said_problem, scan, shows
from playwright.sync_api import FilePayload, Page, expect
from recorded_station import RecordedStation, problem

pytestmark = pytest.mark.e2e
PICTURE: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG1"}


def test_a_code_in_a_picture_is_handed_over_as_it_is(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today")
    page.locator(".next-student").click()
    shows(page, "scan")
    page.locator("input[type=file]").set_input_files(PICTURE)
    shows(page, "verify")
    assert station.called("code-picture") == [b"\x89PNG1"]


def test_refused_codes_are_said_and_the_screen_stays(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today")
    page.locator(".next-student").click()
    shows(page, "scan")
    for status, code, words in (
        (404, "unknown-code", "名单里没有这个采集码"),
        (409, "other-plan", "这个采集码属于“研究生院 2026 届”"),
        (409, "visit-in-progress", "上一位同学还没有完成"),
        (422, "unreadable-code", "这张图片里读不出采集码"),
        (413, "too-large", "文件超过 20 MB，请选小一点的"),
    ):
        station.answers["code-picture"] = problem(status, code, words, "refused")
        page.locator("input[type=file]").set_input_files(PICTURE)
        said_problem(page, words)
    shows(page, "scan")
    assert len(station.called("code-picture")) == 5


@pytest.mark.parametrize(
    ("kind", "size", "words"),
    [("application/pdf", 100, "这个文件不是图片"), ("image/jpeg", 20_600_000, "图片有 20.6 MB，最多 20.0 MB")],
)
def test_files_that_cannot_be_a_code_are_refused_before_they_travel(
    station: RecordedStation, tablet: Page, tmp_path: Path, kind: str, size: int, words: str
) -> None:
    file = tmp_path / ("code.pdf" if kind.endswith("pdf") else "code.jpg")
    file.write_bytes(bytes(size))
    page = at(station, tablet, "today")
    page.locator(".next-student").click()
    shows(page, "scan")
    page.locator("input[type=file]").set_input_files(file)
    said_problem(page, words)
    assert station.called("code-picture") == []


def test_a_typed_code_begins_the_visit(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today")
    page.locator(".next-student").click()
    shows(page, "scan")
    button(page, "手动输入").click()
    page.get_by_label("采集码内容").fill("  CHSI-0001-abc  ")
    page.keyboard.press("Enter")
    shows(page, "verify")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert station.called("code") == [{"payload": "CHSI-0001-abc"}]


def test_a_scanner_that_types_is_heard_on_every_idle_screen(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today")
    scan(page, "CHSI-0001-abcdef")
    shows(page, "verify")
    assert station.called("code") == [{"payload": "CHSI-0001-abcdef"}]


def test_a_person_who_types_is_not_taken_for_a_scanner(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verify", visit=states.IDENTIFIED)
    page.keyboard.type("123x", delay=80)
    page.keyboard.press("Enter")
    shows(page, "confirm")
    assert station.called("code") == []
    assert station.called("verify") == [{"answer": "123X"}]


def test_the_answer_is_tapped_with_x_and_taken_back(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verify", visit=states.IDENTIFIED)
    expect(button(page, "确认")).to_be_disabled()
    for key in ("1", "2", "9"):
        button(page, key).click()
    button(page, "删除一位").click()
    for key in ("3", "X"):
        button(page, key).click()
    button(page, "确认").click()
    shows(page, "confirm")
    assert station.called("verify") == [{"answer": "123X"}]


def test_a_wrong_answer_clears_the_cells_and_says_what_is_left(station: RecordedStation, tablet: Page) -> None:
    station.answers["verify"] = problem(
        403, "wrong-answer", "与登记信息不符，还可以试 4 次", "does not match, 4 tries left", tries_left=4
    )
    page = at(station, tablet, "verify", visit=states.IDENTIFIED)
    page.keyboard.type("0000", delay=60)
    page.keyboard.press("Enter")
    said_problem(page, "还可以试 4 次")
    expect(page.locator(".cell--filled")).to_have_count(0)
    station.tell("visit", states.IDENTIFIED | {"tries_left": 4})
    expect(page.get_by_text("还可以试 4 次", exact=True)).to_be_visible()


def test_a_plan_may_ask_for_the_whole_student_number(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verify", visit=states.IDENTIFIED, plan=states.PLAN | {"verification": "student_number"})
    page.keyboard.type("20220117a", delay=60)
    page.keyboard.press("Enter")
    shows(page, "confirm")
    assert station.called("verify") == [{"answer": "20220117A"}]


def test_a_plan_may_ask_for_no_answer(station: RecordedStation, tablet: Page) -> None:
    at(station, tablet, "confirm", visit=states.VERIFIED | {"state": "identified"})


def test_nothing_is_confirmed_before_the_consent_is_ticked(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "confirm", visit=states.VERIFIED)
    expect(page.get_by_text("照片加密存放")).to_be_visible()
    button(page, "信息无误，开始拍摄").click()
    said_problem(page, "请先阅读上面的约定")
    assert station.called("confirm") == []
    page.get_by_text("我已阅读并同意", exact=True).click()
    button(page, "信息无误，开始拍摄").click()
    shows(page, "framing")
    assert station.called("confirm") == [{"record_confirmed": True, "consent_version": "2026-1"}]
