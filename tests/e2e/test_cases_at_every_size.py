"""The cases of a day, tapped through at every size: passed, refused and taken again, an exception, a fee, a code not to be read,
the line lost in between, two tablets, the student's screen, the recall list. `test_whole_visit.py` does it on the real station.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import recorded_states as states
from pages import button, opened, said_problem, scan, shows, until
from playwright.sync_api import Browser, Page, expect
from recorded_office import problem
from recorded_station import RecordedStation
from tablet import SIZES, open_tablet

pytestmark = pytest.mark.e2e


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, station: RecordedStation, browser: Browser) -> Iterator[Page]:
    """A tablet of each size before an idle station."""
    with open_tablet(browser, SIZES[request.param], calm=True) as page:
        yield opened(page, station, "today")


def answered(page: Page) -> None:
    """From the code on the screen to the camera."""
    scan(page, "CHSI-0001-abcdef")
    shows(page, "verify")
    for character in "123X":
        button(page, character).click()
    button(page, "确认").click()
    shows(page, "confirm")
    page.get_by_text("我已阅读并同意", exact=True).click()
    page.locator(".panel__actions .button--primary").click()


def test_refused_taken_again_passed_and_handed_in(station: RecordedStation, page: Page) -> None:
    page.locator(".next-student").click()
    shows(page, "scan")
    answered(page)
    shows(page, "framing")
    page.locator(".shutter__button").click()
    shows(page, "verdict")
    expect(page.locator(".rules__wanting > *")).to_have_count(3)
    station.pass_next = True
    button(page, "重拍").click()
    shows(page, "framing")
    page.locator(".shutter__button").click()
    shows(page, "verdict")
    button(page, "满意，提交").click()
    shows(page, "done")
    button(page, "下一位同学").click()
    shows(page, "scan")
    assert station.called("accept") == [{"shot": "s-1", "exception": None}]
    station.answers["code-picture"] = problem(422, "unreadable-code", "这张图片里读不出采集码", "no code can be read")
    file = {"name": "code.png", "mimeType": "image/png", "buffer": b"\x89PNG"}
    page.locator("main input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_text("这张图片里读不出采集码")).to_be_visible()


def test_a_fee_the_line_lost_in_between_and_an_exception(station: RecordedStation, page: Page) -> None:
    station.become(visit=states.PAYING, plan=states.FULL_PLAN)
    shows(page, "paying")
    expect(page.locator(".screen--paying img")).to_have_js_property("complete", value=True)
    expect(page.get_by_text("¥20.00")).to_be_visible()
    port = station.port
    station.stop()
    expect(page.locator("connection-banner")).to_contain_text("正在重新连接采集站")
    station.snapshot["visit"] = states.REFUSED_VISIT  # paid and shot while nobody looked
    station.start(port)
    shows(page, "verdict")
    expect(page.locator("connection-banner")).to_be_hidden()
    button(page, "例外通过…").click()
    page.get_by_role("dialog").get_by_text("医疗或身体原因").click()
    button(page, "作为例外通过").click()
    shows(page, "done")
    assert station.called("accept")[0]["exception"] == {"reason": "medical", "note": ""}


def test_another_tablet_drives_and_this_one_takes_over(station: RecordedStation, page: Page) -> None:
    station.become(visit=states.JUDGED, driving=states.OTHER_DRIVES)
    shows(page, "verdict")
    extra = {"driving": states.OTHER_DRIVES}
    station.answers["accept"] = problem(409, "not-driving", "2 号平板正在操作", "tablet 2 is driving", **extra)
    button(page, "满意，提交").click()
    page.get_by_role("dialog").wait_for()
    del station.answers["accept"]
    page.get_by_role("dialog").get_by_role("button", name="接管").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    until(page, lambda: station.called("drive") == [{"take_over": True}])
    button(page, "满意，提交").click()
    shows(page, "done")


def test_a_page_of_an_earlier_visit_is_told_so(station: RecordedStation, page: Page) -> None:
    station.become(visit=states.JUDGED)
    shows(page, "verdict")
    old = problem(
        409, "stale-visit", "这一页显示的是上一次采集，已为您刷新，请再操作一次", "this page showed an earlier visit"
    )
    station.answers["accept"] = old
    station.snapshot["visit"] = states.IDENTIFIED | {"id": "v-2"}  # its events were lost
    button(page, "满意，提交").click()
    said_problem(page, "这一页显示的是上一次采集，已为您刷新，请再操作一次")
    shows(page, "verify")


def test_who_must_come_back_is_found(station: RecordedStation, page: Page) -> None:
    button(page, "记录").click()
    shows(page, "records")
    page.locator(".filter", has_text="待重拍名单").click()
    expect(page.locator(".kept")).to_have_count(1)
    page.locator(".kept").click()
    button(page, "重拍这位同学").click()
    shows(page, "scan")
