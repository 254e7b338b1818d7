"""The second display, facing the student: the same visit, told to the student; and the voice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import recorded_states as states
from pages import button, until
from playwright.sync_api import Browser, Page, ViewportSize, expect
from recorded_station import RecordedStation
from tablet import SIZES, open_tablet

pytestmark = pytest.mark.e2e

# A display of its own, one on its side, and an old phone on a stand.
DISPLAYS: dict[str, ViewportSize] = {
    "wide": {"width": 1280, "height": 800},
    "tall": {"width": 800, "height": 1280},
    "phone": SIZES["phone"],
}
SPEAKING = """
  window.spoken = [];
  const voices = [{ lang: "zh-CN", localService: true }, { lang: "en-GB", localService: false }];
  Object.defineProperty(window, "speechSynthesis", {
    value: { getVoices: () => voices, cancel() {}, speak: (said) => window.spoken.push(said.text) },
  });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
CUT_OFF = """() => [...document.querySelectorAll(".mirror-app__main *")]
  .filter(e => e.checkVisibility() && !e.closest(".live-picture, svg"))
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width > 1 && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.top < -1))
  .map(([e]) => e.className || e.tagName)"""


@pytest.fixture
def display(browser: Browser) -> Iterator[Page]:
    with open_tablet(browser, DISPLAYS["wide"]) as page:
        yield page


def opened(page: Page, station: RecordedStation, screen: str) -> Page:
    page.goto(f"{station.address}/ui/mirror.html", wait_until="commit")
    page.locator(f"mirror-app[data-screen={screen}]").wait_for()
    return page


@pytest.mark.parametrize("size", DISPLAYS)
def test_every_step_is_told_to_the_student(
    station: RecordedStation, browser: Browser, size: str, picture_of: Callable[[Page, str], None]
) -> None:
    with open_tablet(browser, DISPLAYS[size], calm=True) as page:
        opened(page, station, "scan")
        for name, screen, words, visit in (
            ("welcome", "scan", "请出示采集码", states.IDLE),
            ("verify", "verify", "请在平板上输入", states.IDENTIFIED),
            ("confirm", "confirm", "请在平板上核对信息", states.VERIFIED),
            ("framing", "framing", "请把头稍微向右摆正", states.FRAMING),
            ("refused", "verdict", "请调整一下，再拍一张", states.REFUSED_VISIT),
            ("content", "verdict", "满意吗？", states.JUDGED | {"shot": states.shot("s-2", "pass")}),
            ("done", "done", "采集完成", states.QUEUED),
            ("fault", "fault", "请稍候", states.FAULT),
        ):
            station.become(visit=visit, guidance=states.guidance(ready=False))
            page.locator(f"mirror-app[data-screen={screen}]").wait_for()
            expect(page.get_by_text(words).first).to_be_visible()
            if screen in {"scan", "framing"}:
                page.locator("live-picture[data-frame]").wait_for()
            picture_of(page, f"student-{name}-{size}")
            assert page.evaluate(CUT_OFF) == [], name


def test_the_student_hands_in_the_photo(station: RecordedStation, display: Page) -> None:
    station.snapshot = states.snapshot(visit=states.JUDGED)
    page = opened(display, station, "verdict")
    button(page, "满意，提交").click()
    page.locator("mirror-app[data-screen=done]").wait_for()
    assert station.called("accept") == [{"shot": "s-1", "exception": None}]


def test_the_student_may_want_another(station: RecordedStation, display: Page) -> None:
    station.snapshot = states.snapshot(visit=states.JUDGED)
    page = opened(display, station, "verdict")
    button(page, "再拍一张").click()
    page.locator("mirror-app[data-screen=framing]").wait_for()


def test_a_refused_photo_cannot_be_handed_in_here(station: RecordedStation, display: Page) -> None:
    station.snapshot = states.snapshot(visit=states.REFUSED_VISIT)
    page = opened(display, station, "verdict")
    expect(page.locator(".mirror-rules li")).to_have_count(3)
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)


def test_the_bar_fills_while_the_student_keeps_still(station: RecordedStation, display: Page) -> None:
    station.snapshot = states.snapshot(visit=states.FRAMING, guidance=states.guidance(ready=True, held=0.25))
    page = opened(display, station, "framing")
    expect(page.get_by_role("progressbar", name="保持不动")).to_have_js_property("value", 0.5)


def test_the_instruction_is_spoken_once_by_a_voice_of_this_device(station: RecordedStation, display: Page) -> None:
    display.add_init_script(SPEAKING)
    station.snapshot = states.snapshot(visit=states.FRAMING, guidance=states.guidance(ready=False))
    page = opened(display, station, "framing")
    until(page, lambda: page.evaluate("window.spoken") == ["请把头稍微向右摆正"])
    station.tell("guidance", states.guidance(ready=False))
    button(page, "关闭语音提示").click()
    page.reload(wait_until="commit")
    expect(button(page, "打开语音提示")).to_be_visible()
    page.locator("live-picture[data-frame]").wait_for()
    assert page.evaluate("window.spoken") == []


def test_without_a_voice_of_its_own_no_voice_of_the_internet_is_used(station: RecordedStation, display: Page) -> None:
    display.add_init_script(SPEAKING)
    display.add_init_script(
        "window.tones = 0; const make = AudioContext.prototype.createOscillator;"
        "AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };"
    )
    station.snapshot = states.snapshot(visit=states.IDENTIFIED)
    page = opened(display, station, "verify")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    station.become(visit=states.FRAMING, guidance=states.guidance(ready=False))
    until(page, lambda: page.evaluate("window.tones") > 0)
    assert page.evaluate("window.spoken") == []


def test_the_tablet_speaks_only_when_asked_to(station: RecordedStation, display: Page) -> None:
    display.add_init_script(SPEAKING)
    station.snapshot = states.snapshot(visit=states.FRAMING, guidance=states.guidance(ready=False))
    page = display
    page.goto(station.address, wait_until="commit")
    button(page, "打开语音提示").click()
    station.tell("guidance", states.guidance(ready=False))
    until(page, lambda: page.evaluate("window.spoken") == ["请把头稍微向右摆正"])
