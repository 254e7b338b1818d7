"""Real devices, for a technician at the station: `pytest -m hardware -s tests/hardware`. What is not there is skipped."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from firmware.lamps.none import NoLamps
from firmware.ports import Camera, CameraControls, LampLevel, Lamps, StillRequirement
from firmware.power.linux import LinuxPower

pytestmark = pytest.mark.hardware


def test_frames_and_a_still(camera: Camera) -> None:
    started = time.monotonic()
    first = camera.next_preview(timeout=10)
    print(
        f"\nfirst frame after {time.monotonic() - started:.2f} s; still {camera.still_size}, preview {camera.preview_size}"
    )
    last = camera.next_preview(first.sequence + 30, timeout=10)
    rate = (last.sequence - first.sequence) / (last.captured_at - first.captured_at)
    begun = time.monotonic()
    still = camera.capture(StillRequirement(not_before=last.sequence))
    print(f"{rate:.1f} frames a second; still in {time.monotonic() - begun:.3f} s: {still.preview.metadata}")
    assert rate > 5
    assert still.pixels.shape[:2] == camera.still_size[::-1]
    assert still.pixels.std() > 2, "the picture is one colour: is the lens cap on?"


def test_shutter_to_still_within_two_frame_times(camera: Camera) -> None:
    first = camera.next_preview(timeout=10)
    last = camera.next_preview(first.sequence + 30, timeout=10)
    frame = (last.captured_at - first.captured_at) / (last.sequence - first.sequence)
    took = []
    for _ in range(5):
        asked = camera.next_preview(camera.next_preview().sequence)
        begun = time.monotonic()
        camera.capture(StillRequirement(not_before=asked.sequence + 1))
        took.append(time.monotonic() - begun)
    print(f"\nframe {frame * 1000:.0f} ms; shutter to still {', '.join(f'{one * 1000:.0f}' for one in took)} ms")
    assert sorted(took)[2] <= 2 * frame


def test_the_lamps_are_seen_in_the_picture(camera: Camera, lamps: Lamps) -> None:
    if isinstance(lamps, NoLamps):
        pytest.skip("no PWM lamps: /sys/class/pwm/pwmchip0 is missing")
    lamps.set_level(LampLevel.FRAMING)
    camera.next_preview(camera.next_preview(timeout=10).sequence + 40, timeout=10)
    camera.control(CameraControls(exposure_locked=True))
    dim = camera.capture(StillRequirement(lamp_level=LampLevel.FRAMING, exposure_locked=True), timeout=10)
    lamps.set_level(LampLevel.SHOT)
    bright = camera.capture(StillRequirement(lamp_level=LampLevel.SHOT, exposure_locked=True), timeout=10)
    gain = float(np.mean(bright.preview.pixels)) / max(float(np.mean(dim.preview.pixels)), 1.0)
    print(f"\nshot level is {gain:.2f} times as bright as framing level in the picture")
    assert gain > 1.1


def test_the_machine_tells_its_power_and_heat() -> None:
    reading = LinuxPower().read()
    print(f"\n{reading}")
    if not Path("/proc/device-tree/model").exists():
        pytest.skip("no Raspberry Pi: no device tree")
    assert reading.undervoltage is False, "undervoltage now: use the official power supply and a short cable"
    assert reading.temperature_c is not None
    assert reading.temperature_c < 80
