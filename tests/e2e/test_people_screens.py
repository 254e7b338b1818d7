"""Signing in, being asked again, the wheel, and the technician's list of people."""

from __future__ import annotations

import pytest
import recorded_states as states
from pages import button, opened, said_problem, shows, until
from playwright.sync_api import Page, expect
from recorded_office import problem
from recorded_station import RecordedStation

pytestmark = pytest.mark.e2e


def test_one_signs_in_with_name_and_pin_and_out_again(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(session=states.SIGNED_OUT, visit=states.FRAMING)
    page = opened(tablet, station, "signin")
    button(page, "小李").click()
    page.keyboard.type("111111", delay=40)
    said_problem(page, "PIN 不对，还可以试 4 次")
    expect(page.get_by_label("六位 PIN")).to_have_value("")
    assert page.get_by_label("六位 PIN").get_attribute("type") == "password"
    for digit in "402817":
        button(page, digit).click()
    shows(page, "framing")  # the visit waited where it was
    assert station.called("sign-in")[-1] == {"operator": "p-2", "pin": "402817"}
    button(page, "已登录：小李，点按查看或退出").click()
    button(page, "退出登录").click()
    shows(page, "signin")


def test_five_wrong_pins_are_a_wait_that_is_counted_down(station: RecordedStation, tablet: Page) -> None:
    station.office.people = [states.OPERATOR]
    slow = problem(429, "slowed-down", "请 3 秒后再试", "wait 3 seconds", retry_after=2)
    station.answers["sign-in"] = slow
    station.snapshot = states.snapshot(session=states.SIGNED_OUT)
    page = opened(tablet, station, "signin")
    page.keyboard.type("111111", delay=40)
    expect(page.get_by_text("秒后可以再试")).to_be_visible()
    page.keyboard.type("402817", delay=40)
    assert len(station.called("sign-in")) == 1  # nothing travels while it waits
    del station.answers["sign-in"]
    expect(page.get_by_text("秒后可以再试")).to_be_hidden()
    page.get_by_label("六位 PIN").fill("")
    page.keyboard.type("402817", delay=40)
    shows(page, "today")


def test_a_tablet_that_watches_says_so_and_takes_over_on_purpose(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.REFUSED_VISIT, driving=states.OTHER_DRIVES)
    station.answers["retake"] = problem(409, "not-driving", "2 号平板正在操作", "no", driving=states.OTHER_DRIVES)
    page = opened(tablet, station, "verdict")
    expect(page.get_by_text("2 号平板（小李）正在操作，这台只能观看。")).to_be_visible()
    button(page, "重拍").click()
    expect(page.get_by_role("dialog")).to_contain_text("改由这台平板操作？")
    button(page, "接管").click()
    expect(page.locator("drive-banner")).to_be_hidden()
    assert station.called("drive") == [{"take_over": True}]
    del station.answers["retake"]
    button(page, "重拍").click()
    shows(page, "framing")


def test_a_page_names_the_visit_it_shows(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.REFUSED_VISIT)
    page = opened(tablet, station, "verdict")
    stale = problem(409, "stale-visit", "这一页显示的是上一次采集，已为您刷新", "an earlier visit")
    station.answers["retake"] = stale
    with page.expect_request("**/api/visit/retake") as asked:
        button(page, "重拍").click()
    assert asked.value.headers["x-visit"] == "v-1"
    said_problem(page, "这一页显示的是上一次采集")


def test_an_exception_asks_for_the_pin_once_more(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.REFUSED_VISIT, session=states.SIGNED_IN)
    page = opened(tablet, station, "verdict")
    button(page, "例外通过…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("医疗或身体原因").click()
    expect(button(page, "作为例外通过")).to_be_disabled()
    dialog.get_by_label("您的 PIN").fill("402817")
    button(page, "作为例外通过").click()
    shows(page, "done")
    assert station.called("accept")[0]["pin"] == "402817"


def test_the_first_technician_is_made_and_people_are_kept(station: RecordedStation, tablet: Page) -> None:
    station.office.people = []
    page = opened(tablet, station, "today")
    button(page, "技术员").click()
    shows(page, "technician")
    page.get_by_role("tab", name="人员").click()
    button(page, "添加人员").click()
    page.get_by_label("设置码").fill("13572468")
    page.get_by_label("姓名", exact=True).fill("王工")
    page.get_by_label("PIN（六位数字）").fill("402817")
    button(page, "保存").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    first = {"name": "王工", "role": "technician", "pin": "402817", "setup_code": "13572468"}
    assert station.called("people POST") == [first]
    station.office.people = [states.TECHNICIAN, states.OPERATOR]
    station.tell("session", states.SIGNED_IN)
    page.get_by_role("button", name="小李").click()
    button(page, "删除此人…").click()
    button(page, "确定删除，不能再登录").click()
    until(page, lambda: len(station.called("people DELETE")) == 1)
    expect(page.get_by_role("button", name="小李")).to_have_count(0)


def test_an_operator_sees_no_technicians_pages(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(session=states.SIGNED_IN | {"operator": states.OPERATOR})
    page = opened(tablet, station, "today")
    expect(button(page, "记录")).to_be_visible()
    expect(button(page, "技术员")).to_have_count(0)
