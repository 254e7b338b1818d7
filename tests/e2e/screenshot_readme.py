"""Makes the picture in the README: the page with recorded answers, nobody in it.

Type: `.venv/bin/python tests/e2e/screenshot_readme.py appliance/web/page.png [--screen today|scan|framing]`
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import recorded_states as states
from pages import opened, shows
from playwright.sync_api import Page, sync_playwright
from recorded_station import RecordedStation
from tablet import SIZES, launch, open_tablet


def show(page: Page, station: RecordedStation, screen: str) -> None:
    """The wanted screen, drawn and at rest."""
    if screen == "framing":
        station.snapshot = states.snapshot(visit=states.FRAMING, guidance=states.guidance(ready=True, held=0.35))
        opened(page, station, "framing")
    else:
        station.person = False
        opened(page, station, "today")
    if screen == "scan":
        page.locator(".next-student").click()
        shows(page, "scan")
    if screen != "today":
        page.locator("live-picture[data-frame]").wait_for()


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("to", type=Path)
    parser.add_argument("--screen", choices=["today", "scan", "framing"], default="today")
    asked = parser.parse_args()
    station = RecordedStation()
    station.start()
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            with open_tablet(browser, SIZES["wide"], calm=True) as page:
                show(page, station, asked.screen)
                page.screenshot(path=asked.to)
            browser.close()
    finally:
        station.stop()
    print(f"{asked.to}: {asked.to.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
