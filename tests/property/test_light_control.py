"""The light controller settles from any start, in any studio, without hunting."""

from __future__ import annotations

import math
import random

from hypothesis import example, given
from hypothesis import strategies as st

from appliance.visit.light_control import AWAKE, DARK, EVEN, FaceLight, LightController
from firmware.ports import LampDrive

STEPS = 6  # readings; at 0.1 s each (a ramp, a frame, a judgement) that is 0.6 s
THREE_PERCENT = math.log2(1.03)
shares = st.floats(0.0, 1.0)


class Studio:
    """Two lamps before a face: `near` and `far` are what a lamp gives to its own side and to the other, `room` the rest."""

    def __init__(self, near: float, far: float, room: float, face: float, noise: float = 0.0, seed: int = 1) -> None:
        self.near, self.far, self.room, self.face = near, far, room, face
        self._noise, self._random = noise, random.Random(seed)

    def tilt(self, drive: LampDrive) -> float:
        left = self.near * drive.left + self.far * drive.right + self.room
        right = self.far * drive.left + self.near * drive.right + self.room
        return math.log2(left / right) + self.face + self._random.uniform(-self._noise, self._noise)

    def can_be_even(self) -> bool:
        return abs(self.face) < 0.7 * min(abs(self.tilt(LampDrive(1, 0)) - self.face), 8.0)


studios = st.builds(
    Studio,
    near=st.floats(0.65, 1.0),
    far=st.floats(0.02, 0.35),
    room=st.floats(0.005, 0.1),
    face=st.floats(-0.25, 0.25),
)


@given(studio=studios, left=shares, right=shares)
@example(studio=Studio(1.0, 0.02, 0.005, 0.0), left=1.0, right=0.0)
@example(studio=Studio(0.65, 0.35, 0.1, 0.2), left=0.0, right=0.02)
def test_settles_within_three_percent_from_any_start(studio: Studio, left: float, right: float) -> None:
    controller = LightController(LampDrive(left, right, 0.4))
    drive = controller.drive()
    for _ in range(STEPS):
        drive = controller.step(FaceLight(studio.tilt(drive))) or drive
    if studio.can_be_even():
        assert abs(studio.tilt(drive)) <= THREE_PERCENT
    assert all(0.0 <= value <= 1.0 for value in (drive.left, drive.right))
    assert drive.background == 0.4


@given(studio=studios, left=shares, right=shares, seed=st.integers(0, 1000))
def test_does_not_hunt_in_noise(studio: Studio, left: float, right: float, seed: int) -> None:
    """Frames of one person at rest differ by 0.015 stops at most; here it is more."""
    noisy = Studio(studio.near, studio.far, studio.room, studio.face, noise=(AWAKE - EVEN) / 2, seed=seed)
    controller = LightController(LampDrive(left, right))
    drive, moves = controller.drive(), []
    for count in range(120):
        new = controller.step(FaceLight(noisy.tilt(drive)))
        if new is not None:
            moves.append(count)
            drive = new
    if studio.can_be_even():
        assert controller.settled
        assert [count for count in moves if count > 60] == []


@given(studio=studios)
def test_steps_again_when_the_light_really_changed(studio: Studio) -> None:
    controller = LightController(LampDrive(0.4, 0.4))
    drive = controller.drive()
    for _ in range(10):
        drive = controller.step(FaceLight(studio.tilt(drive))) or drive
    if not studio.can_be_even():
        return
    changed = Studio(studio.near, studio.far, studio.room, studio.face * -0.5)
    for _ in range(10):
        drive = controller.step(FaceLight(changed.tilt(drive))) or drive
    assert abs(changed.tilt(drive)) <= AWAKE


@given(studio=studios, left=st.booleans())
def test_a_dead_lamp_is_told_and_the_other_one_goes_on_burning(studio: Studio, *, left: bool) -> None:
    def burning(drive: LampDrive) -> LampDrive:
        return LampDrive(0.0, drive.right) if left else LampDrive(drive.left, 0.0)

    controller = LightController(LampDrive(0.4, 0.4))
    drive, missing = controller.drive(), 0.0
    for _ in range(60):
        seen = burning(drive)
        missing = math.log2((studio.near * 0.8 + studio.room) / (studio.near * (seen.left + seen.right) + studio.room))
        drive = controller.step(FaceLight(studio.tilt(seen), missing)) or drive
    seen = burning(drive)
    assert seen.left + seen.right > 0.05  # nobody sits in the dark
    if controller.lamp_missing:
        assert controller.settled
        assert drive.left == drive.right
    else:  # the room gives so much light that the lamps matter little
        assert missing <= DARK


def test_without_figures_of_light_a_dark_lamp_is_a_missing_one_until_it_is_mended() -> None:
    controller = LightController(LampDrive(0.4, 0.4))
    drives = [controller.step(FaceLight(1.8)) for _ in range(20)]
    assert controller.lamp_missing
    assert drives[-5:] == [None] * 5
    controller.awake()
    controller.step(FaceLight(0.0))
    assert not controller.lamp_missing


def test_a_face_in_window_light_keeps_the_one_lamp_that_helps() -> None:
    controller = LightController(LampDrive(0.4, 0.4))
    drives = [controller.step(FaceLight(0.9, 0.0)) for _ in range(20)]
    assert not controller.lamp_missing
    assert controller.drive().left == 0.0
    assert drives[-5:] == [None] * 5


def test_more_light_when_the_camera_must_expose_long() -> None:
    controller = LightController(LampDrive(0.1, 0.1))
    need = 2.0
    drive = controller.drive()
    for _ in range(120):
        new = controller.step(FaceLight(0.0, need))
        if new is not None:
            need -= math.log2((new.left + new.right) / (drive.left + drive.right))
            drive = new
    assert abs(need) <= 0.5
    assert drive.left == drive.right


def test_full_drive_limits_the_shot_and_keeps_the_balance() -> None:
    controller = LightController(LampDrive(0.6, 0.2))
    shot = controller.drive(1.8)
    assert shot.left == 1.0
    assert shot.right == 0.3333333333333333
