"""A tablet is paired once, by code or by address."""

from __future__ import annotations

import pytest
from pages import button, opened, said_problem, shows
from playwright.sync_api import Page, expect
from recorded_station import RecordedStation, problem

pytestmark = pytest.mark.e2e


def test_a_code_is_tapped_in_and_the_page_goes_on(station: RecordedStation, tablet: Page) -> None:
    station.paired = False
    page = opened(tablet, station, "pairing")
    for digit in "482913":
        button(page, digit).click()
    button(page, "配对").click()
    shows(page, "today")
    [asked] = station.called("pairing")
    assert (asked["code"], asked["screen"]) == ("482913", "operator")
    assert {len(asked["key"][part]) for part in ("x", "y")} == {43}  # the browser made a key of its own


def test_a_code_is_typed_and_corrected(station: RecordedStation, tablet: Page) -> None:
    station.paired = False
    page = opened(tablet, station, "pairing")
    page.keyboard.type("48299")
    page.keyboard.press("Backspace")
    page.keyboard.type("13")
    page.keyboard.press("Enter")
    shows(page, "today")


def test_a_wrong_code_is_said_in_the_stations_words_and_cleared(station: RecordedStation, tablet: Page) -> None:
    station.paired = False
    page = opened(tablet, station, "pairing")
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    said_problem(page, "配对码不对，还可以试 4 次")
    expect(page.get_by_label("配对码")).to_have_value("")
    button(page, "切换到英文 Switch to English").click()
    said_problem(page, "wrong code, 4 tries left")


def test_an_address_pairs_by_itself_and_keeps_no_code(station: RecordedStation, tablet: Page) -> None:
    station.paired = False
    tablet.goto(f"{station.address}/#pair=482913", wait_until="commit")
    shows(tablet, "today")
    assert tablet.url == f"{station.address}/"
    [asked] = station.called("pairing")
    assert (asked["code"], asked["screen"]) == ("482913", "operator")
    assert {len(asked["key"][part]) for part in ("x", "y")} == {43}  # the browser made a key of its own


def test_an_address_with_an_old_code_says_so_on_the_pairing_screen(station: RecordedStation, tablet: Page) -> None:
    station.paired = False
    tablet.goto(f"{station.address}/#pair=111111", wait_until="commit")
    shows(tablet, "pairing")
    said_problem(tablet, "配对码不对，还可以试 4 次")
    assert tablet.url == f"{station.address}/"


def test_a_pairing_that_is_taken_back_leads_to_the_code_again(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    station.paired = False
    button(page, "下一位同学 出示采集码，自动开始").click()
    shows(page, "scan")
    page.locator("input[type=file]").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": b"\x89PNG"},
    )
    shows(page, "pairing")


def test_a_slowed_down_answer_is_shown(station: RecordedStation, tablet: Page) -> None:
    station.paired = False
    slow = problem(429, "slowed-down", "请 8 秒后再试", "wait 8 seconds", retry_after=8)
    station.answers["pairing"] = slow
    page = opened(tablet, station, "pairing")
    page.keyboard.type("482913")
    page.keyboard.press("Enter")
    said_problem(page, "请 8 秒后再试")
