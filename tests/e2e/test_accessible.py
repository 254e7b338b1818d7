"""axe-core finds nothing to complain of where no other test looks: before pairing, while scanning, on the student's screen.

Every other screen and every sheet is looked at in `test_layout.py` and `test_records_and_technician.py`.
"""

from __future__ import annotations

import pytest
import recorded_states as states
from axe import MADE_BY_AXE, add_axe, complaints
from pages import opened, shows
from playwright.sync_api import Browser
from recorded_station import RecordedStation
from tablet import SIZES, open_tablet

pytestmark = pytest.mark.e2e


def test_pairing_scanning_and_the_student_screen_have_none_either(station: RecordedStation, browser: Browser) -> None:
    with open_tablet(browser, SIZES["wide"], calm=True, forgiven=MADE_BY_AXE) as page:
        add_axe(page)
        station.paired = False
        opened(page, station, "pairing")
        assert complaints(page) == []
        station.paired = True
        station.snapshot = states.snapshot(visit=states.IDLE)
        opened(page, station, "today")
        page.locator(".next-student").click()
        shows(page, "scan")
        assert complaints(page) == []
        for visit in (states.IDLE, states.PAYING, states.FRAMING, states.REFUSED_VISIT, states.QUEUED):
            station.snapshot = states.snapshot(visit=visit)
            page.goto(f"{station.address}/ui/mirror.html", wait_until="commit")
            page.locator("mirror-app[data-screen]:not([data-screen=starting])").wait_for()
            assert complaints(page) == [], visit["state"]
