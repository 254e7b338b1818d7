"""What holds for the page as a whole: language, keyboard, weight, and the stand-in's drawer."""

from __future__ import annotations

import pytest
import recorded_condition as condition
import recorded_states as states
from pages import button, opened, shows, until
from playwright.sync_api import Browser, Page, Response, expect
from recorded_station import RecordedStation
from tablet import SIZES, open_tablet

pytestmark = pytest.mark.e2e
SHELL_LIMIT = 150_000  # bytes before compression


def test_the_language_switches_in_place_and_is_remembered(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.IDENTIFIED)
    page = opened(tablet, station, "verify")
    expect(page.get_by_role("heading", level=1)).to_have_text("请输入证件号码后四位")
    page.keyboard.type("12", delay=60)
    button(page, "切换到英文 Switch to English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Last four of your document number")
    expect(page.locator(".cell--filled")).to_have_count(2)
    page.reload(wait_until="commit")
    shows(page, "verify")
    expect(page.get_by_role("heading", level=1)).to_have_text("Last four of your document number")


def test_messages_of_the_station_follow_the_language(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.REFUSED_VISIT)
    page = opened(tablet, station, "verdict")
    expect(page.locator("[data-rule='pose.frontal'] summary")).to_contain_text("头向左歪了")
    page.locator(".chip--language").click()
    expect(page.locator("[data-rule='pose.frontal'] summary")).to_contain_text("head tilted")


def test_a_visit_can_be_driven_with_the_keyboard_alone(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.VERIFIED)
    page = opened(tablet, station, "confirm")
    page.get_by_label("我已阅读并同意").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("信息无误，开始拍摄")
    assert focused.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    shows(page, "framing")
    page.keyboard.press("Space")
    shows(page, "verdict")


def test_enter_does_what_the_largest_button_does(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.REFUSED_VISIT)
    page = opened(tablet, station, "verdict")
    page.keyboard.press("Enter")
    shows(page, "framing")
    assert len(station.called("retake")) == 1


def test_a_sheet_keeps_the_focus_and_gives_it_back(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(queue=condition.PARKED)
    page = opened(tablet, station, "today")
    page.locator(".chip--queue").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".chip--queue")).to_be_focused()


def test_a_new_screen_is_announced_by_its_heading(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    station.tell("visit", states.JUDGED)
    shows(page, "verdict")
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_trouble_is_in_the_status_bar_in_words(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    expect(button(page, "设备正常，点按查看")).to_be_visible()
    station.tell("devices", condition.BROKEN)
    expect(button(page, "需要注意的设备：相机")).to_be_visible()
    station.tell("queue", condition.PARKED)
    expect(button(page, "未连上平台。待上传 3，需处理 2，已签收 128")).to_be_visible()


def test_the_shell_is_light(station: RecordedStation, browser: Browser) -> None:
    sizes: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if "/api/" not in response.url:
            sizes[response.url] = len(response.body())

    with open_tablet(browser, SIZES["wide"]) as page:
        page.on("response", weigh)
        opened(page, station, "today")
    assert len(sizes) > 30
    assert sum(sizes.values()) < SHELL_LIMIT


# --- the stand-in's drawer --------------------------------------------------------------------------------------------

STAGE = {
    "people": [{"id": "cap", "title": {"zh": "戴棒球帽的男士", "en": "man with a cap"}}],
    "students": [{"payload": "CHSI-1", "label": "李*明", "answer": "123X"}],
    "showing": {"person": None, "code": None},
}


def test_a_station_with_devices_has_no_stand_in(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    expect(page.locator("stand-in-drawer")).to_have_count(0)


def test_a_newcomer_plays_the_student(station: RecordedStation, tablet: Page) -> None:
    station.stand_in = STAGE
    station.snapshot["station"]["stand_in"] = True
    page = opened(tablet, station, "today")
    button(page, "样板").click()
    button(page, "李*明 · 123X").click()
    button(page, "戴棒球帽的男士").click()
    button(page, "踩脚踏开关").click()
    expect(page.get_by_role("complementary")).to_be_visible()
    wanted = [
        ("stand-in PUT code", {"payload": "CHSI-1"}),
        ("stand-in PUT person", {"id": "cap"}),
        ("stand-in POST press", {}),
    ]
    until(page, lambda: [call for call in station.calls if call[0].startswith("stand-in")] == wanted)
    page.keyboard.press("Escape")
    expect(button(page, "踩脚踏开关")).to_be_hidden()
