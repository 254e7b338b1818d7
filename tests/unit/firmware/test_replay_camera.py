"""The stand-in camera behaves as a Pi's: settings act late, exposure and focus converge, a lock waits for settled light."""

from __future__ import annotations

import time
from itertools import pairwise

import cv2
import numpy as np
import pytest

from firmware.camera.automatic import AutoExposure, split
from firmware.camera.replay import ReplayCamera
from firmware.camera.standin_sensor import LATENCY, sway
from firmware.lamps.scene import SceneLamps
from firmware.ports import CameraControls, Frame, LampDrive, LampLevel, StillRequirement
from firmware.scanner.optical import OpticalScanner
from firmware.scene import Scene
from firmware.scene.view import STEPS

RATE = 90.0  # three times a real sensor's: what is tested here counts frames


class Studio:
    def __init__(self, frame_rate: float = RATE) -> None:
        self.scene = Scene(still_size=(1352, 1014))
        self.lamps = SceneLamps(self.scene)
        self.camera = ReplayCamera(self.scene, frame_rate=frame_rate)
        picture = np.full((600, 600, 3), 200, np.uint8)
        cv2.ellipse(picture, (300, 300), (100, 140), 0, 0, 360, (150, 175, 215), -1, cv2.LINE_AA)
        self.picture = picture
        self.scene.show_person(picture)
        assert self.scene.wait_settled()
        self.lamps.start()
        self.lamps.set_level(LampLevel.FRAMING)
        self.camera.start()

    def settle(self) -> None:
        """Past the lamps' soft start and what automatics need after it."""
        time.sleep(0.2)
        self.frames(32)

    def frames(self, count: int) -> list[Frame]:
        frames = [self.camera.next_preview()]
        while len(frames) < count:
            frames.append(self.camera.next_preview(frames[-1].sequence))
        return frames

    def brightness(self) -> float:
        """Mean level of the newest frame over that of the scene."""
        return float(self.camera.next_preview().pixels.mean()) / self.scene.look()[0].brightness

    def close(self) -> None:
        self.camera.stop()
        self.lamps.stop()
        self.scene.close()


@pytest.fixture
def studio():
    studio = Studio()
    yield studio
    studio.close()


def test_focus_and_exposure_converge_within_thirty_frames_of_steady_light(studio):
    first = studio.camera.next_preview()
    studio.settle()
    last = studio.camera.next_preview()
    assert first.metadata.in_focus is False
    assert last.metadata.in_focus is True
    assert abs(studio.brightness() - 1) < 0.02


def test_exposure_holds_the_scene_at_every_level_of_light(studio):
    for level in (LampLevel.SHOT, LampLevel.FRAMING, LampLevel.OFF, LampLevel.SHOT):
        studio.lamps.set_level(level)
        studio.settle()
        assert abs(studio.brightness() - 1) < 0.02, level


def test_settled_exposure_rests(studio):
    studio.settle()
    studio.settle()
    assert len({frame.metadata.exposure_us for frame in studio.frames(15)}) == 1


def test_a_lock_asked_for_together_with_the_flash_holds_the_exposure_of_the_flash(studio):
    studio.settle()
    for flash_first in (True, False):
        if flash_first:
            studio.lamps.set_level(LampLevel.SHOT)
        studio.camera.control(CameraControls(exposure_locked=True))
        if not flash_first:
            studio.lamps.set_level(LampLevel.SHOT)
        started = time.monotonic()
        still = studio.camera.capture(StillRequirement(lamp_level=LampLevel.SHOT, exposure_locked=True, in_focus=True))
        assert time.monotonic() - started < 1.5
        assert abs(still.pixels.mean() / studio.scene.look()[0].brightness - 1) < 0.02
        studio.lamps.set_level(LampLevel.FRAMING)
        studio.camera.control(CameraControls(exposure_locked=False))
        studio.settle()


def test_a_locked_exposure_does_not_follow_the_light(studio):
    studio.settle()
    studio.camera.control(CameraControls(exposure_locked=True))
    studio.camera.capture(StillRequirement(exposure_locked=True))
    studio.lamps.calibrate(LampLevel.FRAMING, LampDrive(0.1, 0.1, 0.1))
    studio.settle()
    assert studio.brightness() < 0.75


def test_a_lock_takes_hold_at_last_even_in_the_dark(studio):
    studio.lamps.stop()
    studio.scene.light(LampDrive())
    studio.camera.control(CameraControls(exposure_us=30.0, analogue_gain=1.0))
    studio.frames(8)
    studio.camera.control(CameraControls(exposure_locked=True))
    assert studio.camera.capture(StillRequirement(exposure_locked=True), timeout=3).preview.metadata.exposure_locked


def test_figures_act_some_frames_later_and_only_the_metadata_tells(studio):
    studio.settle()
    before = studio.camera.next_preview()
    studio.camera.control(CameraControls(exposure_us=5000.0, analogue_gain=2.0, colour_gains=(2.2, 1.4)))
    changed = next(frame for frame in studio.frames(20) if frame.metadata.exposure_us == 5000.0)
    assert changed.sequence - before.sequence >= LATENCY
    assert changed.metadata.analogue_gain == 2.0
    assert changed.metadata.colour_gains == (2.2, 1.4)
    assert changed.metadata.exposure_locked


def test_a_lamp_that_fails_darkens_its_side_of_the_picture(studio):
    studio.lamps.calibrate(LampLevel.FRAMING, LampDrive(left=0.0, right=0.4, background=0.4))
    studio.settle()
    grey = studio.camera.next_preview().pixels.mean(axis=2)
    face = grey[180:300, 240:400]
    assert face[:, -50:].mean() - face[:, :50].mean() > 20


def test_frames_move_a_little_and_are_never_the_same(studio):
    offsets = [sway(n) for n in range(600)]
    assert len(set(offsets)) > 8
    assert max(max(abs(x), abs(y)) for x, y in offsets) <= STEPS
    assert max(abs(a[0] - b[0]) for a, b in pairwise(offsets)) <= 1
    first, second = studio.frames(2)
    assert not np.array_equal(first.pixels, second.pixels)


def test_it_keeps_its_frame_rate(studio):
    studio.frames(5)
    first = studio.camera.next_preview()
    time.sleep(1.0)
    last = studio.camera.next_preview()
    rate = (last.sequence - first.sequence) / (last.captured_at - first.captured_at)
    assert 0.3 * RATE < rate < 1.05 * RATE  # a busy machine may be slower, a sensor is never faster


@pytest.mark.parametrize("level", [LampLevel.OFF, LampLevel.FRAMING])
@pytest.mark.parametrize("payload", ["CHSI:17", "CHSI:" + "x9Kd0aZq" * 25])
def test_a_code_on_a_phone_is_read_from_the_preview(studio, level, payload):
    studio.lamps.set_level(level)
    scans: list[str | None] = []
    scanner = OpticalScanner()
    scanner.start(lambda scan: scans.append(scan.payload))
    studio.scene.show_code(payload)
    deadline = time.monotonic() + 4
    last = -1
    while not scans and time.monotonic() < deadline:
        frame = studio.camera.next_preview(last)
        last = frame.sequence
        scanner.offer(frame)
    scanner.stop()
    assert scans == [payload]


def test_split_prefers_time_then_gain():
    assert split(4500.0) == (4500.0, 1.0)
    assert split(60_000.0) == (20_000.0, 3.0)
    assert split(1.0) == (30.0, 1.0)
    exposure, gain = split(1e9)
    assert (exposure, gain) == (33_000.0, 16.0)


@pytest.mark.parametrize("light", [0.02, 0.3, 1.0, 5.0])
def test_automatic_exposure_converges_without_hunting_in_spite_of_the_delay(light):
    automatic = AutoExposure(4500.0)
    pipeline = [4500.0] * LATENCY
    seen = []
    for _ in range(40):
        product = pipeline.pop(0)
        level = min(255.0, 150.0 * (light * product / 4500.0) ** (1 / 2.2))
        seen.append(level)
        automatic.meter(level, 150.0, product)
        pipeline.append(automatic.wanted)
    assert automatic.converged
    assert all(abs(level - 150) < 1.5 for level in seen[-15:])
    overshoot = max(seen) if light < 1 else -min(seen)
    assert overshoot <= (150 * 1.03 if light < 1 else -150 * 0.97)


@pytest.fixture
def slow_studio():
    """Twenty frames a second: settings are on their way for longer than the lamps take."""
    studio = Studio(20.0)
    yield studio
    studio.close()


def test_a_lock_right_after_another_is_not_taken_for_it(slow_studio: Studio) -> None:
    """Frames still on their way from the first lock were exposed for its light, and not for what burns now."""
    studio = slow_studio
    studio.frames(20)
    for level in (LampLevel.FRAMING, LampLevel.SHOT, LampLevel.FRAMING, LampLevel.SHOT):
        studio.lamps.set_level(level)
        studio.camera.control(CameraControls(exposure_locked=True))
        still = studio.camera.capture(StillRequirement(lamp_level=level, exposure_locked=True))
        studio.camera.control(CameraControls(exposure_locked=False))
        right = studio.scene.look()[0].brightness
        assert still.preview.pixels.mean() / right == pytest.approx(1.0, abs=0.05), level
