"""The end of a visit, and what goes wrong on the way: said in a sentence, with a way on."""

from __future__ import annotations

import pytest
import recorded_condition as condition
import recorded_states as states
from fastapi.responses import PlainTextResponse
from pages import at, button, said_problem, shows
from playwright.sync_api import Page, expect
from recorded_station import RecordedStation

pytestmark = pytest.mark.e2e


def test_the_done_screen_follows_the_receipt_of_its_own_capture(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "done", visit=states.QUEUED)
    expect(page.get_by_text("照片已安全保存，正在上传")).to_be_visible()
    other = {"capture_id": "another", "receipt_id": "R-1", "at": "2026-05-20T09:00:00Z"}
    station.tell("queue", condition.QUEUE | {"last_receipt": other})
    expect(page.locator("done-screen")).to_have_attribute("data-received", "false")
    station.tell(
        "queue", condition.QUEUE | {"last_receipt": other | {"capture_id": states.CAPTURE_ID, "receipt_id": "R-2"}}
    )
    expect(page.get_by_text("平台已签收。您可以离开了。")).to_be_visible()
    expect(page.get_by_text("R-2")).to_be_visible()
    station.tell("queue", condition.QUEUE | {"last_receipt": other | {"receipt_id": "R-3"}})
    expect(page.get_by_text("R-2")).to_be_visible()
    button(page, "下一位同学").click()
    shows(page, "scan")


def test_ending_a_visit_asks_why_and_keeps_no_words_about_people(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "framing", visit=states.FRAMING)
    button(page, "结束本次").click()
    page.get_by_role("button", name="同学已离开").click()
    shows(page, "scan")
    assert station.called("abandon") == [{"reason": "student-left"}]


def test_a_fault_says_what_to_do_and_goes_on(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "fault", visit=states.FAULT, devices=condition.BROKEN)
    expect(page.get_by_text("设备故障：相机 2 秒没有画面")).to_be_visible()
    expect(page.get_by_text("请检查排线和电源")).to_be_visible()
    button(page, "已处理，继续").click()
    shows(page, "framing")
    assert len(station.called("resume")) == 1


def test_a_refused_visit_without_its_photo_can_be_retaken_or_ended(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "refused", visit=states.REFUSED_VISIT | {"shot": None})
    expect(page.get_by_role("main").get_by_role("button", name="结束本次")).to_be_visible()
    button(page, "重拍").click()
    shows(page, "framing")


def test_two_quick_taps_are_one_action(station: RecordedStation, tablet: Page) -> None:
    station.delay = 0.4
    page = at(station, tablet, "verdict", visit=states.JUDGED)
    button(page, "满意，提交").dblclick()
    expect(button(page, "满意，提交")).to_have_attribute("aria-disabled", "true")
    shows(page, "done")
    assert len(station.called("accept")) == 1
    assert station.called("next") == [], "the second tap must not reach the screen that came"


def test_a_second_tap_does_not_land_on_the_screen_that_came(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verdict", visit=states.JUDGED)
    box = button(page, "满意，提交").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(*middle)
    expect(page.locator("station-app")).to_have_attribute("data-screen", "done")
    page.mouse.click(*middle)
    assert station.called("next") == []


def test_what_the_station_does_not_explain_is_still_a_sentence(station: RecordedStation, tablet: Page) -> None:
    station.answers["retake"] = PlainTextResponse("Internal Server Error", 500)
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT)
    button(page, "重拍").click()
    said_problem(page, "采集站没有正常回答（500）")


def test_a_notice_of_the_station_is_shown_and_goes_with_its_step(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today")
    words = {"zh": "看到二维码但读不出来：调亮屏幕", "en": "a code cannot be read"}
    station.tell("notice", {"code": "unreadable-code", "severity": "warn", **words})
    said_problem(page, "看到二维码但读不出来")
    station.tell("visit", states.IDENTIFIED)
    expect(page.locator("notice-line")).to_be_hidden()


def test_parked_deliveries_say_why_and_can_be_tried_again(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today", queue=condition.PARKED)
    page.locator(".chip--queue").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("409：平台已有内容不同的同号记录")).to_be_visible()
    expect(sheet.get_by_text("已尝试 6 次")).to_be_visible()
    expect(sheet.get_by_text("正在上传：1.5 / 4.2 MB，210 kB/s，约剩 13 秒")).to_be_visible()
    expect(sheet.get_by_text("2 张原片等待 Wi-Fi 或网线")).to_be_visible()
    expect(sheet.get_by_text("撤回申请")).to_be_visible()
    expect(sheet.get_by_text("400：平台不认识这个撤回原因")).to_be_visible()
    sheet.get_by_role("button", name="重试").first.click()
    expect(sheet.get_by_role("button", name="重试")).to_have_count(1)
    assert station.called("retry") == [17]
    sheet.get_by_role("button", name="重试").click()
    expect(sheet.get_by_role("button", name="重试")).to_have_count(0)
    assert station.called("retry-wish") == [condition.PARKED["parked_wishes"][0]["id"]]
