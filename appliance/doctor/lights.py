"""Each lamp lit alone, and looked for in the picture."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from appliance.doctor.finding import Finding, Outcome, found
from firmware.ports import (
    Camera,
    CameraControls,
    DeviceError,
    DeviceRefused,
    DeviceState,
    Frame,
    LampDrive,
    LampLevel,
    Lamps,
)

BRIGHT = 0.5  # drive of the lamp that is looked for
LEAST_RISE = 2.0  # levels of the picture's mean
SWAPPED = 1.15  # a key lamp brightens its own side at least so much more than the other when it is the wrong one
SETTLES_WITHIN = 4.0  # seconds


def lamp_findings(lamps: Lamps, camera: Camera, *, driven: bool) -> Iterator[Finding]:
    """Starts the lamps, leaves them dark. The camera runs already; `driven` says that it can see what the lamps do."""
    if not driven:
        yield found("lamps", Outcome.SKIPPED, "no lamps are driven: the room's light is used")
        return
    try:
        lamps.start()
        lamps.set_level(LampLevel.OFF)
        yield from _each(lamps, camera)
    except DeviceError as error:
        yield found("lamps", Outcome.FAIL, str(error))
    finally:
        if lamps.status().state is not DeviceState.STOPPED:
            lamps.set_level(LampLevel.OFF)


def _each(lamps: Lamps, camera: Camera) -> Iterator[Finding]:
    _lock_between(lamps, camera)
    dark = _light(lamps, camera, LampDrive())
    for lamp in fields(LampDrive):
        rise = _light(lamps, camera, LampDrive(**{lamp.name: BRIGHT})) - dark
        yield _judged(lamp.name, rise)
    _unlock(camera)


def _judged(name: str, rise: NDArray[np.float64]) -> Finding:
    """`rise`: how many levels the picture's left and right half became brighter."""
    left, right = (float(value) for value in rise)
    value = f"+{left:.1f} levels on the left, +{right:.1f} on the right (limit {LEAST_RISE:g})"
    if (left + right) / 2 < LEAST_RISE:
        return found(f"lamp_{name}", Outcome.FAIL, value)
    own, other = (left, right) if name == "left" else (right, left)
    swapped = name != "background" and other > SWAPPED * max(own, 0.1)
    return found(f"lamp_{name}", Outcome.WARN if swapped else Outcome.OK, value)


def _lock_between(lamps: Lamps, camera: Camera) -> None:
    """Exposure as it is with all lamps half lit, so that neither one lamp nor none blows out or drowns."""
    _light(lamps, camera, LampDrive(BRIGHT / 2, BRIGHT / 2, BRIGHT / 2))
    try:
        camera.control(CameraControls(exposure_locked=True))
    except DeviceRefused:
        return  # a USB camera that exposes by itself shows the difference all the same, only smaller
    end = time.monotonic() + SETTLES_WITHIN
    frame = camera.next_preview()
    while frame.metadata.exposure_locked is False and time.monotonic() < end:
        frame = camera.next_preview(frame.sequence)


def _unlock(camera: Camera) -> None:
    try:
        camera.control(CameraControls(exposure_locked=False))
    except DeviceRefused:
        return  # it never was locked


def _light(lamps: Lamps, camera: Camera, drive: LampDrive) -> NDArray[np.float64]:
    """Mean levels of the picture's left and right half, lit by `drive`."""
    lamps.calibrate(LampLevel.FRAMING, drive)
    lamps.set_level(LampLevel.FRAMING)
    asked = time.monotonic()
    frame = camera.next_preview()
    while not _lit_since(frame, asked) and time.monotonic() - asked < SETTLES_WITHIN:
        frame = camera.next_preview(frame.sequence)
    middle = frame.pixels.shape[1] // 2
    return np.array([frame.pixels[:, :middle].mean(), frame.pixels[:, middle:].mean()])


def _lit_since(frame: Frame, asked: float) -> bool:
    begun = frame.captured_at - (frame.metadata.exposure_us or 33_000.0) / 1e6
    return begun > asked and frame.metadata.lamp_level is LampLevel.FRAMING
