"""A browser, a recorded station, and a folder for screenshots."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the helpers beside the tests
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "device"))  # what boots a system

from playwright.sync_api import Browser, Page, sync_playwright
from recorded_station import RecordedStation
from tablet import SIZES, launch, open_tablet


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; skipped, with the command to type, where there is none."""
    with sync_playwright() as playwright:
        found = launch(playwright)
        yield found
        found.close()


@pytest.fixture
def station() -> Iterator[RecordedStation]:
    """A station with recorded answers."""
    recorded = RecordedStation()
    recorded.start()
    yield recorded
    recorded.stop()


@pytest.fixture
def tablet(browser: Browser) -> Iterator[Page]:
    """A page the size of a tablet held wide; the test fails on an error in the page's console or a request elsewhere."""
    with open_tablet(browser, SIZES["wide"]) as page:
        yield page


@pytest.fixture
def picture_of() -> Callable[[Page, str], None]:
    """Write a screenshot into the folder that `E2E_SHOTS` names; nothing where it names none."""
    named = os.environ.get("E2E_SHOTS")

    def write(page: Page, name: str) -> None:
        if named:
            folder = Path(named)
            folder.mkdir(parents=True, exist_ok=True)
            page.wait_for_function("() => [...document.images].every(image => image.complete)")
            page.screenshot(path=folder / f"{name}.png")

    return write
