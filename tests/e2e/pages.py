"""Words for what the tests do with a page."""

from __future__ import annotations

import time
from collections.abc import Callable

import recorded_states as states
from playwright.sync_api import Locator, Page, expect
from recorded_station import RecordedStation


def opened(page: Page, station: RecordedStation, screen: str) -> Page:
    """The page of `station`, once it shows `screen`; the stream never ends, so the load event is not waited for."""
    page.goto(station.address, wait_until="commit")
    shows(page, screen)
    return page


def at(station: RecordedStation, page: Page, screen: str, **parts: object) -> Page:
    """The page in a recorded state."""
    station.snapshot = states.snapshot(**parts)
    return opened(page, station, screen)


def shows(page: Page, screen: str) -> None:
    """Wait for a screen, and until it takes taps."""
    # Waited for inside the page; `expect` would ask from outside, up to a second later.
    page.locator(f"station-app[data-screen={screen}] > main:not([data-settling])").wait_for()


# The page has taken all that the station told, and the screen that is wanted is the one that stands there.
_STANDS = """([screen, sequence]) => {
  const page = document.querySelector("station-app");
  const { main, current, app, dataset } = page;
  return dataset.screen === screen && app.store.state.sequence >= sequence && main.dataset.of === current;
}"""


def stands(page: Page, station: RecordedStation, screen: str) -> None:
    """Wait for the screen of the station's newest state: to look at, whether or not it takes taps yet."""
    page.wait_for_function(_STANDS, arg=[screen, station.snapshot["sequence"]])


def press(page: Page, selector: str) -> None:
    """Press without a finger: a screen that has just appeared takes it."""
    page.locator(selector).evaluate("element => element.click()")


def button(page: Page, name: str) -> Locator:
    """A button of the screen by its whole name."""
    return page.get_by_role("button", name=name, exact=True)


def until(page: Page, what: Callable[[], bool], limit: float = 10.0) -> None:
    """Wait for something outside the page while the page goes on."""
    end = time.monotonic() + limit
    while not what():
        assert time.monotonic() < end, f"not within {limit} s"
        page.wait_for_timeout(20)


def said_problem(page: Page, words: str) -> None:
    """The refusal stands where it belongs."""
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()


# As fast as a scanner types, however busy the machine is: from outside the browser the gaps would be the machine's.
_SCAN = """code => { for (const key of [...code, "Enter"])
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); }"""


def scan(page: Page, code: str) -> None:
    """A scanner at the tablet types a code and Enter."""
    page.evaluate(_SCAN, code)
