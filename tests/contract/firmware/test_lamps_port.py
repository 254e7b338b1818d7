"""What all lamps promise."""

from __future__ import annotations

import time

import pytest

from firmware.ports import DeviceRefused, DeviceState, DeviceUnavailable, LampDrive, LampLevel, Lamps

DARK = LampDrive()


def settled(rig, level: LampLevel, within: float = 0.6) -> None:
    """Wait until the lamps say that `level` burns steadily."""
    deadline = time.monotonic() + within
    while rig.lit_during(time.monotonic(), time.monotonic()) is not level:
        assert time.monotonic() < deadline, f"{level} did not burn within {within} s"
        time.sleep(0.01)


def test_are_lamps(lamps_rig):
    assert isinstance(lamps_rig.lamps, Lamps)


def test_dark_before_start(lamps_rig):
    lamps = lamps_rig.lamps
    assert lamps.drive == DARK
    assert lamps.level is LampLevel.OFF
    assert lamps.status().state is DeviceState.STOPPED
    with pytest.raises(DeviceUnavailable):
        lamps.set_level(LampLevel.FRAMING)


def test_a_level_is_reached_and_remembered(lamps_rig):
    lamps = lamps_rig.lamps
    lamps.start()
    for level in (LampLevel.FRAMING, LampLevel.SHOT, LampLevel.OFF):
        lamps.set_level(level)
        assert lamps.level is level
        settled(lamps_rig, level)
    assert lamps.status().state is DeviceState.READY


def test_calibration_decides_what_a_level_means(lamps_rig):
    lamps = lamps_rig.lamps
    lamps.start()
    drive = LampDrive(left=0.3, right=0.5, background=0.7)
    lamps.calibrate(LampLevel.SHOT, drive)
    lamps.set_level(LampLevel.SHOT)
    settled(lamps_rig, LampLevel.SHOT)
    if lamps_rig.shines is not None:
        assert lamps.drive == drive
        assert lamps_rig.shines() == drive
    else:
        assert lamps.drive == DARK


def test_a_burning_level_can_be_calibrated_anew(lamps_rig):
    lamps = lamps_rig.lamps
    lamps.start()
    lamps.set_level(LampLevel.FRAMING)
    settled(lamps_rig, LampLevel.FRAMING)
    lamps.calibrate(LampLevel.FRAMING, LampDrive(left=0.2, right=0.6, background=0.1))
    settled(lamps_rig, LampLevel.FRAMING)
    if lamps_rig.shines is not None:
        assert lamps_rig.shines() == LampDrive(left=0.2, right=0.6, background=0.1)


@pytest.mark.parametrize(
    ("level", "drive"),
    [
        (LampLevel.SHOT, LampDrive(left=1.2)),
        (LampLevel.SHOT, LampDrive(right=-0.1)),
        (LampLevel.FRAMING, LampDrive(background=float("nan"))),
        (LampLevel.OFF, LampDrive(left=0.1)),
    ],
)
def test_impossible_drives_are_refused(lamps_rig, level, drive):
    lamps_rig.lamps.start()
    with pytest.raises(DeviceRefused):
        lamps_rig.lamps.calibrate(level, drive)


def test_no_level_is_claimed_while_the_light_changes(lamps_rig):
    lamps = lamps_rig.lamps
    lamps.start()
    lamps.set_level(LampLevel.FRAMING)
    settled(lamps_rig, LampLevel.FRAMING)
    before = time.monotonic()
    lamps.set_level(LampLevel.SHOT)
    settled(lamps_rig, LampLevel.SHOT)
    assert lamps_rig.lit_during(before, time.monotonic()) is None


def test_dark_at_once_when_stopped(lamps_rig):
    lamps = lamps_rig.lamps
    lamps.start()
    lamps.set_level(LampLevel.SHOT)
    settled(lamps_rig, LampLevel.SHOT)
    lamps.stop()
    assert lamps.drive == DARK
    assert lamps.level is LampLevel.OFF
    if lamps_rig.shines is not None:
        assert lamps_rig.shines() == DARK
    lamps.stop()


def test_dark_again_after_a_restart(lamps_rig):
    lamps = lamps_rig.lamps
    lamps.start()
    lamps.start()
    lamps.set_level(LampLevel.SHOT)
    lamps.stop()
    lamps.start()
    time.sleep(0.1)
    assert lamps.level is LampLevel.OFF
    assert lamps.drive == DARK
