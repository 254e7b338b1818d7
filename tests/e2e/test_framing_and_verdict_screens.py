"""Shutter, verdict, retake, exception: what these screens ask the station for, and how they say what was refused."""

from __future__ import annotations

import pytest
import recorded_states as states
from pages import at, button, shows
from playwright.sync_api import Page, expect
from recorded_station import RecordedStation, problem

pytestmark = pytest.mark.e2e


def test_the_shutter_ring_follows_how_long_all_was_right(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "framing", visit=states.FRAMING, guidance=states.guidance(ready=False))
    expect(page.locator(".guidance")).to_have_text("请把头稍微向右摆正")
    shutter = page.locator("shutter-button")
    expect(shutter).to_have_attribute("data-held", "0.00")
    station.tell("guidance", states.guidance(ready=True, held=0.25))
    expect(shutter).to_have_attribute("data-held", "0.50")
    expect(page.locator(".guidance")).to_have_text("很好，保持不动")
    station.tell("guidance", states.guidance(ready=False))
    expect(shutter).to_have_attribute("data-held", "0.00")


def test_when_the_station_shoots_by_itself_the_page_says_so(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "framing", visit=states.FRAMING)
    station.tell("guidance", states.guidance(ready=True, held=0.55))
    expect(page.locator(".guidance")).to_have_text("正在拍摄并检查…")
    station.answers["shoot"] = problem(409, "shutter-busy", "正在拍摄，请稍候", "a shot is being taken")
    page.locator(".shutter__button").click()
    station.tell("visit", states.JUDGED)
    shows(page, "verdict")
    expect(page.locator("notice-line")).to_be_hidden()


def test_the_space_bar_is_a_shutter(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "framing", visit=states.FRAMING)
    page.keyboard.press("Space")
    shows(page, "verdict")
    assert len(station.called("shoot")) == 1


def test_refused_rules_come_first_and_figures_are_a_tap_away(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT)
    order = page.locator("[data-rule]").evaluate_all("rows => rows.map(row => row.dataset.rule)")
    assert order[:3] == ["pose.frontal", "mouth.closed", "hair.brows"]
    first = page.locator("[data-rule='pose.frontal']")
    expect(first.locator("summary")).to_have_text("头向左歪了，请把头摆正")
    expect(first.get_by_text("11.4 °")).to_be_hidden()
    first.locator("summary").click()
    expect(first.get_by_text("11.4 °")).to_be_visible()
    expect(first.get_by_text("8 °", exact=True)).to_be_visible()


def largest_button(page: Page) -> str:
    return str(
        page.locator(".panel__actions .button").evaluate_all(
            "all => all.sort((a, b) => b.offsetHeight * b.offsetWidth - a.offsetHeight * a.offsetWidth)[0].innerText"
        )
    ).strip()


def test_retake_is_the_largest_button_when_refused_and_accept_when_passed(
    station: RecordedStation, tablet: Page
) -> None:
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT)
    assert largest_button(page) == "重拍"
    expect(button(page, "满意，提交")).to_have_count(0)
    station.tell("visit", states.JUDGED | {"shot": states.shot("s-2", "pass")})
    expect(button(page, "满意，提交")).to_be_visible()
    assert largest_button(page) == "满意，提交"
    button(page, "满意，提交").click()
    shows(page, "done")
    assert station.called("accept") == [{"shot": "s-2", "exception": None}]


def test_an_exception_takes_a_reason_and_two_taps(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT)
    button(page, "例外通过…").click()
    accept = page.get_by_role("dialog").get_by_role("button", name="作为例外通过")
    expect(accept).to_be_disabled()
    page.get_by_text("医疗或身体原因").click()
    page.get_by_label("备注（可不填）").fill("左耳敷料")
    accept.click()
    shows(page, "done")
    assert station.called("accept") == [{"shot": "s-1", "exception": {"reason": "medical", "note": "左耳敷料"}}]


def test_no_exception_without_a_photo_to_hand_over(station: RecordedStation, tablet: Page) -> None:
    shot = states.shot("s-1", "refuse") | {"after": None, "photo": None}
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT | {"shot": shot})
    expect(page.get_by_text("这张没有制成标准照")).to_be_visible()
    expect(button(page, "例外通过…")).to_have_count(0)


def test_a_refused_exception_is_said_inside_the_sheet(station: RecordedStation, tablet: Page) -> None:
    station.answers["accept"] = problem(422, "exception-unknown", "没有这个例外理由", "no such reason")
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT)
    button(page, "例外通过…").click()
    page.get_by_text("医疗或身体原因").click()
    page.get_by_role("dialog").get_by_role("button", name="作为例外通过").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("没有这个例外理由")


def test_both_pictures_can_be_enlarged(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verdict", visit=states.JUDGED)
    button(page, "放大拍摄原图").click()
    picture = page.get_by_role("dialog").locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 1200
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
