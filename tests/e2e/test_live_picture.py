"""The live picture: pulled, mirrored by CSS alone, its lines drawn from the frame they belong to."""

from __future__ import annotations

import pytest
import recorded_states as states
from pages import opened, shows, until
from playwright.sync_api import Page, expect
from recorded_station import RecordedStation

pytestmark = pytest.mark.e2e
LIVE = "live-picture[data-frame]"


def framing(station: RecordedStation, page: Page, *, ready: bool = False) -> Page:
    station.snapshot = states.snapshot(visit=states.FRAMING, guidance=states.guidance(ready=ready))
    opened(page, station, "framing")
    page.locator(LIVE).wait_for()
    return page


def pixel(page: Page, canvas: str, x: float, y: float) -> list[int]:
    """RGBA at a place (0..1) of a canvas."""
    script = """([selector, x, y]) => {
      const canvas = document.querySelector(selector);
      const [left, top] = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)];
      return [...canvas.getContext("2d").getImageData(left, top, 1, 1).data];
    }"""
    return list(page.evaluate(script, [canvas, x, y]))


def test_frames_come_one_by_one_as_they_are_asked_for(station: RecordedStation, tablet: Page) -> None:
    page = framing(station, tablet)
    until(page, lambda: int(page.locator(LIVE).get_attribute("data-frame") or 0) >= 20)
    # Pulled: at most one frame is on its way while one is shown.
    assert station.frames - int(page.locator(LIVE).get_attribute("data-frame") or 0) <= 2


def test_the_picture_is_mirrored_for_the_eyes_only(station: RecordedStation, tablet: Page) -> None:
    page = framing(station, tablet)
    matrix = page.locator(".live-picture__mirror").evaluate("element => getComputedStyle(element).transform")
    assert matrix.startswith("matrix(-1, 0, 0, 1")
    # The pixels themselves are as the camera took them: the wall's grey outside, the drawn head in the middle.
    assert page.locator(".live-picture__frame").evaluate("canvas => [canvas.width, canvas.height]") == [640, 480]


@pytest.mark.parametrize(("ready", "colour"), [(True, "green"), (False, "red")])
def test_the_eye_line_has_the_colour_of_its_state(
    station: RecordedStation, tablet: Page, *, ready: bool, colour: str
) -> None:
    page = framing(station, tablet, ready=ready)
    middle = 0.45 if ready else 0.4625
    red, green, _, alpha = pixel(page, ".live-picture__lines", 0.5, middle)
    assert alpha == 255
    assert (green > red) == (colour == "green")


def test_without_anybody_a_place_for_a_head_is_drawn(station: RecordedStation, tablet: Page) -> None:
    station.person = False
    page = framing(station, tablet)
    drawn = page.locator(".live-picture__lines").evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0)"
    )
    assert drawn


def test_the_picture_comes_back_after_the_station_was_away(station: RecordedStation, tablet: Page) -> None:
    page = framing(station, tablet)
    port = station.port
    station.stop()
    expect(page.get_by_text("等待相机画面…")).to_be_visible()
    before = page.locator(LIVE).get_attribute("data-frame")
    station.start(port)
    expect(page.get_by_text("等待相机画面…")).to_be_hidden()
    expect(page.locator(LIVE)).not_to_have_attribute("data-frame", str(before))


def test_no_frame_is_asked_for_where_none_is_shown(station: RecordedStation, tablet: Page) -> None:
    page = framing(station, tablet)
    station.tell("visit", states.JUDGED)
    shows(page, "verdict")
    until(page, lambda: station.watching == 0)
