"""Records found, recalled, withdrawn, reported; the plan chosen; the technician's pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import recorded_condition as condition
import recorded_states as states
from axe import CONTRAST, MADE_BY_AXE, RULES, add_axe, complaints
from pages import button, opened, said_problem, scan, shows, until
from playwright.sync_api import Browser, Page, expect
from recorded_office import problem
from recorded_station import RecordedStation
from tablet import SIZES, open_tablet
from test_layout import check

pytestmark = pytest.mark.e2e
# Each part with what shows that its data came.
PARTS = {
    "devices": ".device",
    "camera": ".facts dd",
    "calibration": ".version",
    "rehearse": ".rehearsal li",
    "logs": ".log__line",
    "export": ".button--primary",
    "update": ".update__notes",
    "people": ".people .choice",
    "tablets": ".people li",
}


def test_a_record_is_searched_recalled_and_shot_again(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    button(page, "记录").click()
    shows(page, "records")
    expect(page.locator(".kept")).to_have_count(len(states.KEPT))
    page.get_by_label("姓名、学号、班级或编号").fill("李*")
    until(page, lambda: station.called("search")[-1] == {"query": "李*", "state": ""})
    page.locator(".filter", has_text="待重拍名单").click()
    expect(page.locator(".kept")).to_have_count(1)
    expect(page.locator(".kept__why")).to_have_text("头部略有倾斜，请坐正")
    page.locator(".kept").click()
    button(page, "重拍这位同学").click()
    shows(page, "scan")


def test_a_code_finds_its_record_and_begins_no_visit_here(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    button(page, "记录").click()
    shows(page, "records")
    scan(page, "CHSI-0001-abcdef")
    expect(page.get_by_role("dialog")).to_contain_text("退回原因")
    assert station.called("lookup") == [{"payload": "CHSI-0001-abcdef"}]
    assert station.called("code") == []
    station.tell("visit", states.IDENTIFIED)
    page.keyboard.press("Escape")
    shows(page, "verify")  # a student who comes goes first


def test_withdrawing_is_asked_twice_locked_when_accepted_and_problems_are_reported(
    station: RecordedStation, tablet: Page
) -> None:
    station.office.kept = [states.kept(1, "reviewing")]
    page = opened(tablet, station, "today")
    button(page, "记录").click()
    page.locator(".kept").click()
    button(page, "撤回…").click()
    locked = problem(409, "locked", "平台已经通过，不能再撤回", "accepted already")
    station.answers["record withdraw"] = locked
    button(page, "想换一张更好的").click()
    said_problem(page, "平台已经通过，不能再撤回")
    del station.answers["record withdraw"]
    button(page, "撤回…").click()
    button(page, "想换一张更好的").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert station.called("record withdraw") == [{"reason": "better-photo"}] * 2
    page.locator(".kept").click()
    button(page, "上报问题…").click()
    page.get_by_role("dialog").get_by_text("检查结果").click()
    page.get_by_label("简单说明").fill("肩膀没有歪")
    button(page, "上报").click()
    expect(page.get_by_text("已记下，联网后发给平台。")).to_be_visible()
    assert station.called("record report") == [{"category": "verdict", "text": "肩膀没有歪"}]


def test_the_days_plan_is_chosen_and_one_that_cannot_be_says_why(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    button(page, "更换").click()
    closed = page.get_by_role("dialog").get_by_role("button", name="2026 秋季补采")
    expect(closed).to_be_disabled()
    expect(closed).to_contain_text("2026-10-08 才开始")
    page.get_by_role("dialog").get_by_role("button", name="研究生院").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert station.called("plan") == [{"id": "2026-grad"}]


def test_f02_the_guide_shows_three_ways_to_the_code(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    button(page, "使用指南").click()
    page.get_by_role("tab", name="取得采集码").click()
    ways = page.locator(".way")
    expect(ways).to_have_count(3)
    for number in range(3):
        expect(ways.nth(number).get_by_role("heading")).to_be_visible()
        expect(ways.nth(number).get_by_role("listitem")).to_have_count(3)


def test_f16_the_guide_draws_what_is_right_and_what_is_not(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    button(page, "使用指南").click()
    page.get_by_role("tab", name="怎样拍好").click()
    expect(page.locator(".look--right")).to_have_count(1)
    wrong = page.locator(".look--wrong")
    assert wrong.count() >= 10
    drawn = {wrong.nth(number).locator("svg").inner_html() for number in range(wrong.count())}
    assert len(drawn) == wrong.count()  # every fault has a drawing of its own


def test_the_guide_answers_with_the_plans_words(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(plan=states.FULL_PLAN)
    page = opened(tablet, station, "today")
    button(page, "使用指南").click()
    page.get_by_role("tab", name="常见问题").click()
    page.get_by_text("照片什么时候能在学信网看到？").click()
    expect(page.get_by_text("审核通过以后十五个工作日内。")).to_be_visible()
    page.get_by_role("tab", name="客服").click()
    expect(page.get_by_text("020-5555 0100")).to_be_visible()


def test_a_long_press_at_the_station_opens_the_technicians_pages_unless_a_student_is_there(
    station: RecordedStation, tablet: Page
) -> None:
    opened(tablet, station, "today")
    station.tell("technician", {"asked": True})
    shows(tablet, "technician")
    station.tell("visit", states.IDENTIFIED)
    shows(tablet, "verify")
    station.tell("technician", {"asked": True})
    station.tell("visit", states.FRAMING)
    shows(tablet, "framing")


def test_the_technician_focuses_lights_and_rehearses(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    button(page, "技术员").click()
    shows(page, "technician")
    button(page, "全面检查").click()
    expect(page.get_by_role("status").locator("li").first).to_contain_text("没有回答：检查 USB 线")
    page.get_by_role("tab", name="相机与灯光").click()
    expect(page.get_by_text("148 / 148")).to_be_visible()
    expect(page.get_by_text("8 ms")).to_be_visible()
    button(page, "拍摄").click()
    until(page, lambda: station.called("lamps") == [{"level": "shot"}])
    page.get_by_role("tab", name="演练").click()
    expect(page.get_by_text("读到采集码")).to_be_visible()
    station.office.rehearsal = condition.REHEARSAL | {"state": "none", "steps": []}
    expect(page.get_by_text("还没有演练过。")).to_be_visible()
    button(page, "开始演练").click()
    expect(page.get_by_text("演练成功，拿到了平台回执。")).to_be_visible()


def test_one_more_tablet_is_let_in_and_a_lost_one_turned_away(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    button(page, "技术员").click()
    page.locator("#part-tablets").click()
    rows = page.locator(".people li")
    expect(rows).to_have_count(3)
    page.locator(".part__head .button").first.click()
    expect(page.get_by_role("status").filter(has_text="739204")).to_be_visible()
    rows.nth(1).get_by_role("button").click()
    expect(rows).to_have_count(2)
    assert station.called("turn-away") == [2]


@pytest.mark.parametrize("size", SIZES)
def test_records_and_technicians_pages_at_every_size(
    station: RecordedStation, browser: Browser, size: str, picture_of: Callable[[Page, str], None]
) -> None:
    long = states.IDENTITY | {"name": "阿" * 40 + " Wolfeschlegelsteinhausen", "class_name": None}
    station.office.kept[1]["identity"] = long
    station.office.kept[2]["identity"] = states.IDENTITY | {"name": "李\u202e*明\u2066 محمد"}
    with open_tablet(browser, SIZES[size], calm=True, dark=size == "tall", forgiven=MADE_BY_AXE) as page:
        add_axe(page)
        opened(page, station, "today")
        button(page, "记录").click()
        shows(page, "records")
        page.locator(".kept").first.wait_for()
        assert "\u202e" not in page.locator("main").inner_text()
        look(page, f"records-{size}", picture_of)
        page.locator(".kept").first.click()
        page.get_by_role("dialog").wait_for()
        look(page, f"sheet-record-{size}", picture_of)
        button(page, "上报问题…").click()
        page.get_by_role("dialog").get_by_text("成片").wait_for()
        look(page, f"sheet-report-{size}", picture_of)
        page.keyboard.press("Escape")
        button(page, "返回今日").click()
        button(page, "技术员").click()
        for part, content in PARTS.items():
            page.locator(f"#part-{part}").click()
            page.locator(f"technician-screen[data-part={part}]").wait_for()
            page.locator(content).first.wait_for()
            if part in {"camera", "calibration"}:
                page.locator("live-picture[data-frame]").wait_for()
            look(page, f"technician-{part}-{size}", picture_of)
        page.locator("#part-people").click()
        button(page, "添加人员").click()
        page.get_by_role("dialog").wait_for()
        look(page, f"sheet-person-{size}", picture_of)


def look(page: Page, name: str, picture_of: Callable[[Page, str], None]) -> None:
    """A picture, the layout's rules, and axe-core: everything where it is light, contrast where it is dark."""
    picture_of(page, name)
    check(name, page)
    assert complaints(page, CONTRAST if name.endswith("tall") else RULES) == [], name
