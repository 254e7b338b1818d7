"""axe-core finds nothing to complain of on any screen, in either scheme."""

from __future__ import annotations

from typing import Any

import pytest
import recorded_states as states
from from_npm import AXE, installed
from pages import opened, shows
from playwright.sync_api import Browser, Page
from recorded_station import RecordedStation
from tablet import SIZES, open_tablet
from test_layout import SCREENS, SHEETS

pytestmark = pytest.mark.e2e

# What another scheme of colours can change. The text size and contrast of level AAA (7:1) are no promise of ours: AA (4.5:1) is.
CONTRAST = ["color-contrast", "link-in-text-block"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


# axe-core makes elements of its own by their names, to look at their roles; ours are only ever made with their parts.
MADE_BY_AXE = ("Cannot read properties of undefined", "Cannot destructure property 'length'")


def complaints(page: Page, values: list[str] = RULES) -> list[str]:
    """What axe-core finds by these tags, or rules for ``CONTRAST``, with the elements it means."""
    only = {"type": "rule" if values is CONTRAST else "tag", "values": values}
    script = "only => axe.run(document, { runOnly: only, resultTypes: ['violations'], preload: false })"
    found: dict[str, Any] = page.evaluate(script, only)
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_screen_and_no_sheet_has_a_violation(station: RecordedStation, browser: Browser, *, dark: bool) -> None:
    with open_tablet(browser, SIZES["wide"], dark=dark, calm=True, forgiven=MADE_BY_AXE) as page:
        page.add_init_script(path=installed(AXE) / "axe.min.js")
        opened(page, station, "today")
        for name, (screen, parts) in SCREENS.items():
            station.become(**parts)
            shows(page, screen)
            assert complaints(page, CONTRAST if dark else RULES) == [], name
        for name, (screen, parts, opener) in SHEETS.items():
            station.become(**parts)
            shows(page, screen)
            page.locator(opener).click()
            page.get_by_role("dialog").wait_for()
            assert complaints(page, CONTRAST if dark else RULES) == [], name
            page.keyboard.press("Escape")


def test_pairing_scanning_and_the_student_screen_have_none_either(station: RecordedStation, browser: Browser) -> None:
    with open_tablet(browser, SIZES["wide"], calm=True, forgiven=MADE_BY_AXE) as page:
        page.add_init_script(path=installed(AXE) / "axe.min.js")
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
