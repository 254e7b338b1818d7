"""Every screen at every size: nothing cut off, nothing too small to tap, every control named, nothing for axe-core to complain
of; screenshots on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import recorded_condition as condition
import recorded_states as states
from axe import CONTRAST, MADE_BY_AXE, RULES, add_axe, complaints
from pages import opened, press, shows, stands
from playwright.sync_api import Browser, Page
from recorded_station import RecordedStation
from tablet import SIZES, open_tablet

pytestmark = pytest.mark.e2e

LOOK = states.guidance(ready=False)
SCREENS: dict[str, tuple[str, dict[str, Any]]] = {
    "today": ("today", {}),
    "today-with-trouble": ("today", {"queue": condition.PARKED, "devices": condition.BROKEN}),
    "today-without-plan": ("today", {"plan": None}),
    "verify": ("verify", {"visit": states.IDENTIFIED}),
    "confirm": ("confirm", {"visit": states.VERIFIED}),
    "framing": ("framing", {"visit": states.FRAMING, "guidance": LOOK}),
    "framing-ready": ("framing", {"visit": states.FRAMING, "guidance": states.guidance(ready=True, held=0.35)}),
    "refused": ("verdict", {"visit": states.REFUSED_VISIT}),
    "passed": ("verdict", {"visit": states.JUDGED | {"shot": states.shot("s-2", "pass")}}),
    "saving": ("saving", {"visit": states.ACCEPTED}),
    "done": ("done", {"visit": states.QUEUED}),
    "refused-without-photo": ("refused", {"visit": states.REFUSED_VISIT | {"shot": None}}),
    "fault": ("fault", {"visit": states.FAULT, "devices": condition.BROKEN}),
    "signin": ("signin", {"session": states.SIGNED_OUT}),
    "watching": ("today", {"driving": states.OTHER_DRIVES, "session": states.SIGNED_IN, "health": condition.TROUBLED}),
    "paused": ("verify", {"visit": states.PAUSED}),
    "id-card": (
        "verify",
        {"visit": states.IDENTIFIED | {"id": "v-card"}, "plan": states.PLAN | {"verification": "id_card"}},
    ),
    "comes-back": ("confirm", {"visit": states.COMES_BACK, "plan": states.FULL_PLAN}),
    "unresolved": ("confirm", {"visit": states.UNRESOLVED}),
    "paying": ("paying", {"visit": states.PAYING, "plan": states.FULL_PLAN}),
    "paying-offline": ("paying", {"visit": states.PAYING_OFFLINE, "plan": states.FULL_PLAN}),
    "framing-album": (
        "framing",
        {"visit": states.FRAMING | {"id": "v-album"}, "guidance": LOOK, "plan": states.FULL_PLAN},
    ),
    "passed-from-album": ("verdict", {"visit": states.ALBUM_JUDGED}),
    "done-paid": ("done", {"visit": states.PAID_DONE, "plan": states.FULL_PLAN}),
}
SHEETS: dict[str, tuple[str, dict[str, Any], str]] = {
    "abandon": ("verify", {"visit": states.IDENTIFIED}, ".visit-bar__leave"),
    "exception": ("verdict", {"visit": states.REFUSED_VISIT}, ".panel__actions .button--quiet"),
    "deliveries": ("today", {"queue": condition.PARKED}, ".chip--queue"),
    "devices": ("today", {"devices": condition.BROKEN}, ".chip--devices"),
    "guide": ("today", {"plan": states.FULL_PLAN}, ".today__ways .button:nth-child(2)"),
    "plans": ("today", {}, ".plan__other"),
    "health": ("today", {"health": condition.TROUBLED}, ".health__strip"),
    "session": ("today", {"session": states.SIGNED_IN}, ".chip--session"),
    "take-over": ("today", {"driving": states.OTHER_DRIVES}, ".banner--drive .button"),
    "exception-pin": (
        "verdict",
        {"visit": states.REFUSED_VISIT, "session": states.SIGNED_IN},
        ".panel__actions .button--quiet",
    ),
    "corrections": ("confirm", {"visit": states.VERIFIED}, ".panel__actions .button--quiet"),
    "voucher": (
        "paying",
        {"visit": states.visit("paying", ["abandon"], payment=states.payment("unpaid", offline="voucher"))},
        ".panel__actions .button--secondary",
    ),
    "enlarged": ("verdict", {"visit": states.JUDGED}, ".pair__side:last-child button"),
}
FETCHED = {"plans": ".choice"}  # what a sheet asks the station for once it is open: looked at when it is there
SMALL_TARGETS = """() => [...document.querySelectorAll("button, summary, input, textarea, label.tick, label.choice")]
  .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".visually-hidden, .tick, .choice:not(button)"))
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width > 1 && (box.width < 47.5 || box.height < 47.5))
  .map(([e, box]) => `${e.className} ${e.innerText} ${box.width}x${box.height}`)"""
SMALL_PRIMARY = """() => [...document.querySelectorAll(".button--primary, .button--danger, .next-student, .shutter__button")]
  .filter(e => e.checkVisibility() && e.offsetHeight < 64).map(e => e.innerText)"""
NAMELESS = """() => [...document.querySelectorAll("button, input, textarea, [role=img], dialog")]
  .filter(e => e.checkVisibility())
  .filter(e => !(e.getAttribute("aria-label") || e.innerText || e.labels?.length))
  .map(e => e.outerHTML)"""
OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("station-app *")]
    .filter(e => e.checkVisibility() && !e.closest(".live-picture, .visually-hidden, .visit-bar__leave span, input, svg"))
    .filter(e => { const box = e.getBoundingClientRect(); return box.width > 1 && (box.right > wide + 1 || box.left < -1); })
    .map(e => e.className || e.tagName);
  return document.documentElement.scrollWidth > wide ? [...out, "page"] : out;
}"""
# Of a short record every line is seen on a tablet without scrolling.
CUT_RECORD = "() => { const e = document.querySelector('.record'); return e ? e.scrollHeight - e.clientHeight : 0; }"
SCROLLS = "() => { const main = document.querySelector('main'); return main.scrollHeight - main.clientHeight; }"


def check(where: str, page: Page) -> None:
    assert page.evaluate(OVERFLOWING) == [], where
    assert page.evaluate(SMALL_TARGETS) == [], where
    assert page.evaluate(SMALL_PRIMARY) == [], where
    assert page.evaluate(NAMELESS) == [], where
    if not where.endswith("phone"):
        assert page.evaluate(SCROLLS) <= 0, f"{where}: a tablet shows a screen whole"
        assert page.evaluate(CUT_RECORD) <= 0, f"{where}: a tablet shows a record whole"


def axe_complains_not(where: str, page: Page) -> None:
    """Once in full, where it is light and wide; where it is dark only of what another scheme changes."""
    assert complaints(page, CONTRAST if "dark" in where else RULES) == [], where


@pytest.mark.parametrize("size", SIZES)
def test_screens(
    station: RecordedStation, browser: Browser, size: str, picture_of: Callable[[Page, str], None]
) -> None:
    with open_tablet(browser, SIZES[size], calm=True, forgiven=MADE_BY_AXE) as page:
        if size == "wide":
            add_axe(page)
        station.paired = False
        opened(page, station, "pairing")
        page.keyboard.type("482", delay=50)
        picture_of(page, f"pairing-{size}")
        check(f"pairing-{size}", page)
        station.paired = True
        page.reload(wait_until="commit")
        shows(page, "today")
        walk_screens(page, station, size, picture_of)


@pytest.mark.parametrize("size", SIZES)
def test_sheets(station: RecordedStation, browser: Browser, size: str, picture_of: Callable[[Page, str], None]) -> None:
    with open_tablet(browser, SIZES[size], calm=True, forgiven=MADE_BY_AXE) as page:
        if size == "wide":
            add_axe(page)
        opened(page, station, "today")
        walk_sheets(page, station, size, picture_of)


def walk_screens(page: Page, station: RecordedStation, where: str, picture_of: Callable[[Page, str], None]) -> None:
    for name, (screen, parts) in SCREENS.items():
        station.become(**parts)
        stands(page, station, screen)
        if screen == "framing":
            page.locator("live-picture[data-frame]").wait_for()
        picture_of(page, f"{name}-{where}")
        check(f"{name}-{where}", page)
        if where.startswith("wide"):
            axe_complains_not(f"{name}-{where}", page)


def walk_sheets(page: Page, station: RecordedStation, where: str, picture_of: Callable[[Page, str], None]) -> None:
    for name, (screen, parts, opener) in SHEETS.items():
        station.become(**parts)
        stands(page, station, screen)
        press(page, opener)
        page.get_by_role("dialog").wait_for()
        if name in FETCHED:
            page.get_by_role("dialog").locator(FETCHED[name]).first.wait_for()
        picture_of(page, f"sheet-{name}-{where}")
        check(f"sheet-{name}-{where}", page)
        if where.startswith("wide"):
            axe_complains_not(f"sheet-{name}-{where}", page)
        page.keyboard.press("Escape")


@pytest.mark.parametrize("size", SIZES)
def test_scanning(
    station: RecordedStation, browser: Browser, size: str, picture_of: Callable[[Page, str], None]
) -> None:
    with open_tablet(browser, SIZES[size], calm=True) as page:
        opened(page, station, "today")
        page.locator(".next-student").click()
        shows(page, "scan")
        page.locator("live-picture[data-frame]").wait_for()
        picture_of(page, f"scan-{size}")
        check(f"scan-{size}", page)
        for number, name in ((1, "typed"), (2, "guide-code")):
            page.locator(".panel__actions button").nth(number).click()
            page.get_by_role("dialog").wait_for()
            picture_of(page, f"sheet-{name}-{size}")
            check(f"sheet-{name}-{size}", page)
            page.keyboard.press("Escape")


def test_dark_and_english(station: RecordedStation, browser: Browser, picture_of: Callable[[Page, str], None]) -> None:
    with open_tablet(browser, SIZES["wide"], dark=True, calm=True, forgiven=MADE_BY_AXE) as page:
        add_axe(page)
        opened(page, station, "today")
        page.locator(".chip--language").click()
        walk_screens(page, station, "wide-dark-en", picture_of)
        walk_sheets(page, station, "wide-dark-en", picture_of)
        assert page.locator("html").get_attribute("lang") == "en"


LONG = "阿" * 40 + " Anna-Sophia Wolfeschlegelsteinhausenbergerdorff"
RIGHT_TO_LEFT = "李\u202e*明\u2066 محمد"


@pytest.mark.parametrize(
    ("name", "size"),
    [
        (LONG, "wide"),
        (LONG, "phone"),
        (RIGHT_TO_LEFT, "wide"),
        ("<img src=x onerror=alert(1)>", "wide"),
        (None, "wide"),
    ],
    ids=["long", "long-phone", "right-to-left", "markup", "missing"],
)
def test_names_are_shown_safely(station: RecordedStation, browser: Browser, name: str | None, size: str) -> None:
    identity = states.IDENTITY | {"name": name, "major": name, "class_name": None}
    with open_tablet(browser, SIZES[size], calm=True) as page:
        opened(page, station, "today")
        for screen in ("verify", "confirm", "framing", "passed", "done"):
            shown, parts = SCREENS[screen]
            station.become(**parts | {"visit": parts["visit"] | {"id": screen, "identity": identity}})
            stands(page, station, shown)
            words = page.locator("main").inner_text()
            assert page.evaluate(OVERFLOWING) == [], screen
            assert page.locator("main img[src=x]").count() == 0, screen
            assert "\u202e" not in words, screen
            assert ("—" if name is None else name[0]) in words, screen
