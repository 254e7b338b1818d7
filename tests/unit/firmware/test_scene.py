"""The stand-in's world: what its pictures owe to the photograph, the lamps, the exposure and the sensor."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from firmware.ports import LampDrive
from firmware.scene import Scene
from firmware.scene.backdrop import widen
from firmware.scene.light import DAYLIGHT_GAINS, RIGHT_EXPOSURE, light_on
from firmware.scene.phone import screen
from firmware.scene.sensor import Exposure, factor_map, fine_map, preview, still
from firmware.scene.view import PREVIEW_SIZE

STILL = (1352, 1014)
EVEN = LampDrive(0.4, 0.4, 0.4)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A drawn head and shoulders whose shoulders are cut by both borders, before a wall that darkens downwards."""
    picture = np.empty((600, 600, 3), np.uint8)
    picture[:] = np.linspace(215, 190, 600, dtype=np.float32)[:, None, None]
    cv2.ellipse(picture, (300, 600), (330, 140), 0, 0, 360, (80, 60, 50), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (300, 300), (100, 140), 0, 0, 360, (150, 175, 215), -1, cv2.LINE_AA)
    return picture


@pytest.fixture
def scene(photo):
    scene = Scene(still_size=STILL)
    scene.show_person(photo, "drawn")
    assert scene.wait_settled()
    yield scene
    scene.close()


def exposed(scene: Scene, drive: LampDrive = EVEN, **changes) -> Exposure:
    """A right exposure in framing light, in focus, unless changed."""
    figures = {
        "view": scene.look()[0],
        "drive": drive,
        "exposure_us": RIGHT_EXPOSURE / 0.45,
        "analogue_gain": 1.0,
        "colour_gains": DAYLIGHT_GAINS,
        "blur": 0.0,
        "offset": (0, 0),
        "grain": 1,
    }
    return Exposure(**(figures | changes))


def taken(exposure: Exposure) -> np.ndarray:
    return preview(exposure, fine_map(factor_map(exposure), PREVIEW_SIZE))


def person_in(picture: np.ndarray) -> np.ndarray:
    """The middle square of a 4:3 picture: where the photograph is."""
    height, width = picture.shape[:2]
    left = (width - height) // 2
    return picture[:, left : left + height]


def test_in_even_light_the_picture_is_the_photograph(scene, photo):
    for picture in (taken(exposed(scene)), still(exposed(scene))):
        shown = cv2.resize(person_in(picture), (300, 300), interpolation=cv2.INTER_AREA).astype(int)
        wanted = cv2.resize(photo, (300, 300), interpolation=cv2.INTER_AREA).astype(int)
        off = shown - wanted
        assert abs(off.mean()) < 0.5
        assert np.percentile(np.abs(off), 95) <= 3


def test_the_still_and_the_preview_of_one_exposure_agree_wherever_it_moved(scene):
    for offset in ((0, 0), (6, -6), (-5, 3)):
        exposure = exposed(scene, LampDrive(0.7, 0.2, 0.4), offset=offset)
        reduced = cv2.resize(still(exposure), PREVIEW_SIZE, interpolation=cv2.INTER_AREA)
        assert np.abs(reduced.astype(int) - taken(exposure).astype(int)).mean() < 1.5


def test_the_wall_goes_on_and_cut_shoulders_fall_away(photo):
    wide = widen(photo, (1000, 600))
    assert np.array_equal(wide[:, 200:800], photo)
    left, right = wide[:, :200], wide[:, 800:]
    # No step in the wall at the borders, and its gradient goes on.
    assert np.abs(wide[:400, 199].astype(int) - wide[:400, 200].astype(int)).max() <= 3
    assert np.abs(wide[:400, 800].astype(int) - wide[:400, 799].astype(int)).max() <= 3
    assert left[50, 100, 0] - left[390, 100, 0] > 10
    # Clothes at the border, none at the edge of the wide picture.
    assert right[590, 2, 0] < 120
    assert right[590, -1, 0] > 160
    assert left[590, 0, 0] > 160


@pytest.mark.parametrize("shape", [(600, 900), (400, 1200), (30, 20), (1, 1), (2000, 500)])
def test_any_photograph_fills_the_view(shape):
    picture = np.full((*shape, 3), 128, np.uint8)
    wide = widen(picture, (1000, 750))
    assert wide.shape == (750, 1000, 3)
    assert np.abs(wide.astype(int) - 128).max() <= 1


@pytest.mark.parametrize(
    "wrong", [np.zeros((10, 10), np.uint8), np.zeros((10, 10, 3), np.float32), np.zeros((0, 5, 3), np.uint8)]
)
def test_what_is_no_photograph_is_refused(scene, wrong):
    with pytest.raises(ValueError, match="photograph"):
        scene.show_person(wrong)
    assert scene.showing.person == "drawn"


def test_each_lamp_lights_its_side(scene):
    def halves(drive: LampDrive) -> tuple[float, float]:
        grey = person_in(taken(exposed(scene, drive))).mean(axis=2)
        face = grey[180:300, 175:305]
        return float(face[:, :40].mean()), float(face[:, -40:].mean())

    even = halves(EVEN)
    left = halves(LampDrive(0.4, 0.1, 0.4))
    right = halves(LampDrive(0.1, 0.4, 0.4))
    assert abs(even[0] - even[1]) < 3
    assert left[0] - left[1] > 25
    assert right[1] - right[0] > 25


def test_the_background_lamp_lights_the_wall(scene):
    bright, dim = (taken(exposed(scene, LampDrive(0.3, 0.3, b))) for b in (0.6, 0.1))
    wall, face = np.s_[20:80, 20:80], np.s_[220:300, 300:340]
    assert bright[wall].mean() - dim[wall].mean() > 25
    assert abs(bright[face].mean() - dim[face].mean()) < 5


def test_light_is_linear_in_the_drive(scene):
    view = scene.look()[0]
    once = light_on(LampDrive(0.2, 0.3, 0.1), view.wall, view.screen)
    twice = light_on(LampDrive(0.4, 0.6, 0.2), view.wall, view.screen)
    dark = light_on(LampDrive(), view.wall, view.screen)
    assert np.allclose(twice - dark, 2 * (once - dark), atol=1e-5)


def test_exposure_and_gain_act_alike_on_brightness(scene):
    longer = taken(exposed(scene, exposure_us=RIGHT_EXPOSURE / 0.9)).mean()
    stronger = taken(exposed(scene, exposure_us=RIGHT_EXPOSURE / 1.8, analogue_gain=2.0)).mean()
    right = taken(exposed(scene)).mean()
    assert longer < 0.8 * right
    assert abs(longer - stronger) < 1


def test_colour_gains_colour(scene):
    warm = taken(exposed(scene, colour_gains=(2.6, 1.2))).mean(axis=(0, 1))
    usual = taken(exposed(scene)).mean(axis=(0, 1))
    assert warm[2] > usual[2] + 5
    assert warm[0] < usual[0] - 10
    assert abs(warm[1] - usual[1]) < 1


def test_noise_differs_from_frame_to_frame_and_grows_with_gain(scene):
    def noise(gain: float) -> float:
        pair = [
            still(exposed(scene, exposure_us=RIGHT_EXPOSURE / 0.45 / gain, analogue_gain=gain, grain=grain))
            for grain in (1, 2)
        ]
        return float((pair[0].astype(int) - pair[1].astype(int)).std())

    quiet, loud = noise(1.0), noise(8.0)
    assert 0.2 < quiet < 2.0
    assert loud > 1.5 * quiet
    assert np.array_equal(still(exposed(scene)), still(exposed(scene)))


def test_focus_blur_takes_detail(scene):
    def detail(blur: float) -> float:
        calm = cv2.GaussianBlur(still(exposed(scene, blur=blur)), (0, 0), 0.8)[..., 1].astype(int)  # without the noise
        return float(np.abs(np.diff(calm, axis=1)).max())

    assert detail(2.0) < 0.5 * detail(0.0)


def test_a_dark_room_is_dark_and_too_much_light_is_white(scene):
    dark = taken(exposed(scene, LampDrive(), exposure_us=1000))
    burnt = taken(exposed(scene, LampDrive(1, 1, 1), exposure_us=30000))
    assert dark.max() < 40
    assert (burnt == 255).mean() > 0.5


def test_a_phone_shines_by_itself(scene):
    scene.show_code("CHSI-1")
    assert scene.wait_settled()
    bright = taken(exposed(scene, LampDrive()))  # at framing exposure, but without lamps
    assert bright[240:300, 300:340].max() > 200
    assert bright[20:60, 20:60].mean() < 110


def test_a_payload_no_code_can_hold_is_refused(scene):
    with pytest.raises(ValueError, match="Data too large"):
        scene.show_code("x" * 5000)
    assert scene.showing.code is None


def test_a_dense_code_is_drawn_with_its_quiet_zone():
    face = screen("x" * 900)
    assert (face[face.shape[0] // 2, :12] < 60).all()  # bezel
    assert face.shape[0] > face.shape[1]


def test_the_newest_wish_wins_and_clearing_clears(scene, photo):
    for _ in range(20):
        scene.show_person(photo)
        scene.show_code("one")
    scene.clear_code()
    scene.clear_person()
    assert scene.wait_settled()
    assert scene.showing.person is None
    assert scene.showing.code is None
    empty = taken(exposed(scene))
    assert empty.std() < 6
    assert 180 < empty.mean() < 215


def test_showing_returns_at_once(scene):
    large = np.full((1500, 1500, 3), 128, np.uint8)
    started = time.perf_counter()
    scene.show_person(large)
    assert time.perf_counter() - started < 0.25  # a copy, on a busy machine
    assert scene.wait_settled()
