"""The camera, exercised: time to first frame, frame rate, a still, and whether anything is to be seen."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from appliance.doctor.finding import Finding, Outcome, found
from firmware.ports import Camera, DeviceError, StillRequirement

OPENS_WITHIN = 12.0  # seconds; loading a Pi camera's firmware takes some
SLOW_START_S = 4.0
FRAMES = 30
LEAST_RATE, GOOD_RATE = 5.0, 12.0  # frames a second: guidance lags below the second, is no use below the first
CAPPED_SPREAD = 2.5  # levels: a covered lens shows nothing but noise
DARK_MEAN = 25.0  # levels; automatic gain lifts the noise under a cap


def camera_findings(camera: Camera) -> Iterator[Finding]:
    """Starts the camera and leaves it running. Stops at the first thing without which the rest cannot be."""
    begun = time.monotonic()
    try:
        camera.start()
        first = camera.next_preview(timeout=OPENS_WITHIN)
    except DeviceError as error:
        yield found("camera", Outcome.FAIL, str(error))
        return
    waited = time.monotonic() - begun
    width, height = camera.still_size
    yield found("camera", Outcome.OK, f"{width}x{height}, preview {first.pixels.shape[1]}x{first.pixels.shape[0]}")
    slow = Outcome.WARN if waited > SLOW_START_S else Outcome.OK
    yield found("first_frame", slow, f"{waited:.2f} s (limit {SLOW_START_S:g} s)")
    try:
        yield _rate(camera)
        yield from _still(camera)
    except DeviceError as error:
        yield found("camera", Outcome.FAIL, str(error))


def _rate(camera: Camera) -> Finding:
    first = camera.next_preview()
    last = first
    while last.sequence < first.sequence + FRAMES:
        last = camera.next_preview(last.sequence)
    rate = (last.sequence - first.sequence) / max(last.captured_at - first.captured_at, 1e-3)
    outcome = Outcome.FAIL if rate < LEAST_RATE else Outcome.WARN if rate < GOOD_RATE else Outcome.OK
    return found("frame_rate", outcome, f"{rate:.1f} a second (limit {GOOD_RATE:g})")


def _still(camera: Camera) -> Iterator[Finding]:
    begun = time.monotonic()
    still = camera.capture(StillRequirement(not_before=camera.next_preview().sequence))
    taken = time.monotonic() - begun
    size = (still.pixels.shape[1], still.pixels.shape[0])
    right = size == camera.still_size and still.pixels.dtype == np.uint8
    yield found("still", Outcome.OK if right else Outcome.FAIL, f"{size[0]}x{size[1]} in {1000 * taken:.0f} ms")
    mean, spread = float(still.preview.pixels.mean()), float(still.preview.pixels.std())
    covered = spread < CAPPED_SPREAD and mean < DARK_MEAN
    yield found("picture", Outcome.FAIL if covered else Outcome.OK, f"mean {mean:.0f}, spread {spread:.1f} of 255")
