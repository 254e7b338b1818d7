"""The page and the station lose each other, and find each other again."""

from __future__ import annotations

import pytest
import recorded_condition as condition
import recorded_states as states
from pages import button, opened, said_problem, shows
from playwright.sync_api import Browser, Page, expect
from recorded_station import RecordedStation
from tablet import SIZES, open_tablet

pytestmark = pytest.mark.e2e


def test_events_move_the_page_without_asking(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    for state, screen in (
        (states.IDENTIFIED, "verify"),
        (states.VERIFIED, "confirm"),
        (states.FRAMING, "framing"),
        (states.JUDGED, "verdict"),
        (states.ACCEPTED, "saving"),
        (states.QUEUED, "done"),
        (states.FAULT, "fault"),
    ):
        station.tell("visit", state)
        shows(page, screen)


def test_a_lost_event_is_noticed_by_its_number(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    station.snapshot["visit"] = states.VERIFIED  # its event never arrives
    station.tell("queue", condition.PARKED, skip=1)
    shows(page, "confirm")
    expect(page.locator("[data-count=parked]")).to_have_text("2")


def test_the_station_restarts_in_the_middle_of_a_visit(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.FRAMING)
    page = opened(tablet, station, "framing")
    port = station.port
    station.stop()
    banner = page.locator("connection-banner")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("正在重新连接采集站")
    shows(page, "framing")
    station.snapshot["visit"] = states.JUDGED
    station.start(port)
    shows(page, "verdict")
    expect(banner).to_be_hidden()


def test_a_tap_while_the_station_is_away_says_that_nothing_was_done(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.REFUSED_VISIT)
    page = opened(tablet, station, "verdict")
    station.stop()
    button(page, "重拍").click()
    said_problem(page, "连不上采集站，刚才的操作没有完成")
    shows(page, "verdict")


def test_a_line_that_died_silently_is_given_up(station: RecordedStation, tablet: Page) -> None:
    tablet.clock.install()
    station.silent = True
    page = opened(tablet, station, "today")
    station.snapshot["visit"] = states.VERIFIED
    page.clock.fast_forward(14_000)
    page.clock.run_for(3_000)
    shows(page, "confirm")


def test_another_version_of_the_station_brings_its_own_page(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    page.locator("html").evaluate("page => { page.dataset.old = 'yes' }")
    port = station.port
    station.stop()
    station.snapshot["station"]["version"] = "0.2.0"
    station.start(port)
    expect(page.locator("html")).not_to_have_attribute("data-old", "yes")
    shows(page, "today")


def test_the_page_waits_for_a_station_that_is_still_starting(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    page.route("**/api/events", lambda route: route.abort())
    page.reload(wait_until="commit")
    shows(page, "starting")
    page.unroute("**/api/events")
    shows(page, "today")


def test_a_tablet_and_another_see_the_same_visit(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.REFUSED_VISIT)
    page = opened(tablet, station, "verdict")
    other = page.context.new_page()
    opened(other, station, "verdict")
    button(other, "重拍").click()
    shows(page, "framing")


def test_the_page_opens_while_the_station_is_away(station: RecordedStation, browser: Browser) -> None:
    with open_tablet(browser, SIZES["wide"], offline=True) as page:
        opened(page, station, "today")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        port = station.port
        station.stop()
        page.reload(wait_until="commit")
        shows(page, "starting")
        expect(page.get_by_role("heading", level=1)).to_have_text("正在连接采集站")
        station.start(port)
        shows(page, "today")


def test_a_tablet_that_slept_wakes_to_what_is_now(station: RecordedStation, tablet: Page) -> None:
    page = opened(tablet, station, "today")
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    station.stop()  # the line of a sleeping tablet is cut; it does not hear of that
    station.snapshot["visit"] = states.JUDGED
    station.start(station.port)
    session.send("Page.setWebLifecycleState", {"state": "active"})
    shows(page, "verdict")
    expect(page.locator("connection-banner")).to_be_hidden()


def test_wi_fi_is_lost_and_comes_back_in_the_middle_of_a_visit(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.REFUSED_VISIT)
    page = opened(tablet, station, "verdict")
    page.context.set_offline(True)
    button(page, "重拍").click()
    said_problem(page, "连不上采集站，刚才的操作没有完成")
    assert station.called("retake") == []
    page.context.set_offline(False)
    button(page, "重拍").click()
    shows(page, "framing")
