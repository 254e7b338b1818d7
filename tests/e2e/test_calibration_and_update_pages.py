"""The technician measures the station, uses an earlier calibration again, and puts in a newer program."""

from __future__ import annotations

import pytest
import recorded_condition as condition
from pages import button, opened, said_problem, shows, until
from playwright.sync_api import Locator, Page, expect
from recorded_office import problem
from recorded_station import RecordedStation

pytestmark = pytest.mark.e2e


def part(page: Page, station: RecordedStation, name: str) -> Page:
    opened(page, station, "today")
    button(page, "技术员").click()
    shows(page, "technician")
    page.get_by_role("tab", name=name).click()
    return page


def step(page: Page, name: str) -> Locator:
    return page.locator(f"[data-step={name}]")


def test_the_lens_is_turned_to_the_sharpest_place(station: RecordedStation, tablet: Page) -> None:
    page = part(tablet, station, "校准")
    expect(page.get_by_text("最早的一步已有 41 天，请重做。")).to_be_visible()
    expect(step(page, "lens")).to_contain_text("还没有做")
    work = {"step": "focus", "state": "running", "progress": None, "now": 74.1, "best": 148.2, "message": None}
    station.office.calibration["work"] = work
    step(page, "focus").get_by_role("button", name="开始").click()
    expect(step(page, "focus")).to_contain_text("74.1 / 148")
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "50")
    expect(step(page, "grey").get_by_role("button", name="开始")).to_be_disabled()
    work |= {"now": 148.2}
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    station.office.calibration["work"] = condition.CALIBRATION["work"] | {"step": "focus", "state": "done"}
    button(page, "对好了").click()
    expect(step(page, "focus").get_by_role("button", name="开始")).to_be_enabled()
    assert [name for name, _ in station.calls if name.startswith("calibration")] == [
        "calibration steps/focus",
        "calibration finish",
    ]


def test_a_refused_step_says_what_to_do_and_a_visit_goes_first(station: RecordedStation, tablet: Page) -> None:
    page = part(tablet, station, "校准")
    why = {"zh": "画面中央不是一张平整的灰卡：把灰卡放在学生的位置", "en": "no plain card in the middle"}
    station.office.calibration["work"] |= {"step": "grey", "state": "refused", "message": why}
    step(page, "grey").get_by_role("button", name="开始").click()
    expect(step(page, "grey").get_by_role("alert")).to_have_text(why["zh"])
    busy = problem(409, "visit-in-progress", "上一位同学的采集还没有结束", "a visit is in progress")
    station.answers["calibration steps/lens"] = busy
    step(page, "lens").get_by_role("button", name="开始").click()
    said_problem(page, "上一位同学的采集还没有结束")


def test_an_earlier_calibration_is_used_again_and_undone(station: RecordedStation, tablet: Page) -> None:
    page = part(tablet, station, "校准")
    expect(page.locator(".version")).to_have_count(3)
    expect(page.locator(".version").nth(0)).to_contain_text("使用中")
    expect(page.locator(".version").nth(2)).to_contain_text("文件损坏")
    page.locator(".version").nth(1).get_by_role("button", name="使用").click()
    until(page, lambda: station.called("calibration use") == [{"number": 2}])
    button(page, "退回上一版").click()
    until(page, lambda: len(station.called("calibration undo")) == 1)
    chart = page.get_by_role("link", name="下载测试图（PDF）")
    expect(chart).to_have_attribute("href", "/api/calibration/chart.pdf")


def test_an_update_is_found_put_in_and_taken_back(station: RecordedStation, tablet: Page) -> None:
    station.office.update = condition.UPDATE | {"available": None, "state": "idle"}
    page = part(tablet, station, "更新")
    expect(page.get_by_text("没有发现更新。")).to_be_visible()
    station.office.update = condition.UPDATE | {"state": "verifying", "progress": 0.4}
    button(page, "查找更新").click()
    expect(page.get_by_role("progressbar", name="更新进度")).to_have_attribute("aria-valuenow", "40")
    expect(button(page, "安装更新")).to_be_disabled()
    station.office.update = condition.UPDATE
    expect(page.get_by_text("新版本 0.2.0")).to_be_visible()
    expect(page.get_by_text("来自 U 盘，48.2 MB。")).to_be_visible()
    quiet = {"zh": "等这位同学结束", "en": "as soon as this student is done"}
    button(page, "安装更新").click()
    station.office.update = condition.UPDATE | {"state": "waiting-for-quiet", "message": quiet}
    expect(page.get_by_text("已准备好；等这位同学结束就安装。")).to_be_visible()
    expect(page.get_by_text("等这位同学结束", exact=True)).to_be_visible()
    # The station restarts with the new program; then its doctor finds it ill, and the old one is back.
    port = station.port
    station.stop()
    station.office.update = condition.UPDATE | {"state": "rolled-back"}
    station.start(port)
    expect(page.get_by_text("新版本有问题，已自动退回上一版本。")).to_be_visible(timeout=20_000)
    button(page, "退回上一版本").click()
    until(page, lambda: len(station.called("update rollback")) == 1)
    assert [name for name, _ in station.calls if name.startswith("update")] == [
        "update look",
        "update apply",
        "update rollback",
    ]


def test_a_refused_update_says_why(station: RecordedStation, tablet: Page) -> None:
    page = part(tablet, station, "更新")
    station.answers["update apply"] = problem(409, "not-installed", "这不是安装的采集站", "this is a checkout")
    button(page, "安装更新").click()
    said_problem(page, "这不是安装的采集站")
