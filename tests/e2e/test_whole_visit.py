"""The page against the real thing: station, delivery and platform with the stand-in body, a whole visit from code to receipt."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import segno
from pages import button, said_problem, shows
from playwright.sync_api import Browser, Page, expect
from tablet import SIZES, open_tablet

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.cast import Picture, cast_pictures

pytestmark = [pytest.mark.e2e, pytest.mark.networks, pytest.mark.pictures, pytest.mark.timeout(240)]

JUDGED_MS = 30_000  # two slow cores: a still of twelve megapixels, judged and cut
RECEIPT_MS = 60_000
Shoot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def cast() -> dict[str, Picture]:
    """People of the demo by id; skipped, with the command to type, where they are not installed."""
    pictures = cast_pictures()
    if not pictures:
        pytest.skip("no pictures of people installed; type: station cast install")
    return {picture.id: picture for picture in pictures}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, cast: dict[str, Picture], networks_dir: Path) -> Iterator[Bench]:
    """Everything running, on one port for the whole module, so that a restarted station is found again."""
    assert networks_dir.is_dir()
    people = [
        {"id": p.id, "title": {"zh": p.title_zh, "en": p.title_en}, "path": str(p.path.absolute())}
        for p in cast.values()
    ]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Bench(tmp_path_factory.mktemp("bench"), port=port, people=people) as running:
        yield running


@pytest.fixture
def paired(bench: Bench, browser: Browser) -> Iterator[Page]:
    """A tablet that came by the address the station printed, before an idle station."""
    door = bench.door()
    actions = door.visit()["actions"]
    if "abandon" in actions:
        door.post("/api/visit/abandon", {"reason": "other"})
    elif "next" in actions:
        door.post("/api/visit/next")
    door.delete("/api/stand-in/person")
    door.delete("/api/stand-in/code")
    with open_tablet(browser, SIZES["wide"]) as page:
        page.goto(f"{bench.url}/#pair={bench.pairing_code}", wait_until="commit")
        shows(page, "today")
        yield page


def play(page: Page, *choices: str) -> None:
    """Choose in the stand-in's drawer, as a newcomer would."""
    button(page, "样板").click()
    for choice in choices:
        chosen = page.get_by_role("complementary").get_by_role("button", name=choice, exact=True)
        chosen.click()
        expect(chosen).to_have_attribute("aria-pressed", "true")
    page.get_by_role("complementary").get_by_role("button", name="关闭").click()


def held_up(bench: Bench, number: int) -> str:
    """How the drawer names a student's code."""
    student = bench.roster.students[number]
    return f"{student.label} · {bench.credentials(number).answer}"


def answer(page: Page, bench: Bench, number: int) -> None:
    """The student answers on the pad, then confirms the record and agrees."""
    shows(page, "verify")
    for character in bench.credentials(number).answer:
        button(page, character).click()
    button(page, "确认").click()
    shows(page, "confirm")
    expect(page.locator(".record__name")).to_contain_text("*")
    page.get_by_text("我已阅读并同意", exact=True).click()
    button(page, "信息无误，开始拍摄").click()
    shows(page, "framing")


def judged(page: Page) -> str:
    """Wait for the verdict; shoots by hand when the station has not by then."""
    page.locator("live-picture[data-frame]").wait_for()
    verdict = page.locator("verdict-screen")
    try:
        verdict.wait_for(timeout=6_000)
    except Exception:  # noqa: BLE001
        if page.locator(".shutter__button").is_visible():
            page.locator(".shutter__button").click()
    verdict.wait_for(timeout=JUDGED_MS)
    return str(verdict.get_attribute("data-verdict"))
