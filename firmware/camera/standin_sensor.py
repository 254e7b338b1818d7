"""The running sensor of the stand-in camera: exposes the scene thirty times a second in the camera's owner thread.

Settings act three frames after they were asked for, as on a real Pi; only the metadata tells. A lock takes hold once
exposure has converged in settled light.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2

from firmware.camera.automatic import ANALOGUE_GAIN, COLOUR_GAIN, EXPOSURE_US, AutoExposure, AutoFocus, Setting, split
from firmware.camera.feed import Exposed, FrameFeed, Lit
from firmware.camera.lock import ExposureLock
from firmware.ports import CameraControls, DeviceRefused, Frame, FrameMetadata
from firmware.scene.light import DAYLIGHT_GAINS, RIGHT_EXPOSURE, Plane
from firmware.scene.sensor import Exposure, factor_map, fine_map, preview, still
from firmware.scene.view import STEPS, View
from firmware.scene.world import Scene

FRAME_RATE = 30.0
LATENCY = 3  # frames until a setting acts
SWAY = 2.4  # half preview pixels a person sways to each side
METERED = (80, 60)  # places that are metered


@dataclass(frozen=True, slots=True)
class Asked:
    """What the controls add up to."""

    exposure_us: float | None = None
    analogue_gain: float | None = None
    colour_gains: tuple[float, float] | None = None
    focus_locked: bool = False

    @property
    def in_figures(self) -> bool:
        """Whether an exposure was named, which holds without a lock."""
        return self.exposure_us is not None or self.analogue_gain is not None

    def after(self, controls: CameraControls) -> Asked:
        """These and, over them, `controls`."""
        asked = self
        if controls.exposure_locked is False:  # automatic again: figures asked for before are forgotten
            asked = replace(asked, exposure_us=None, analogue_gain=None)
        if controls.exposure_us is not None:
            asked = replace(asked, exposure_us=controls.exposure_us)
        if controls.analogue_gain is not None:
            asked = replace(asked, analogue_gain=controls.analogue_gain)
        if controls.colour_gains is not None:
            asked = replace(asked, colour_gains=controls.colour_gains)
        if controls.focus_locked is not None:
            asked = replace(asked, focus_locked=controls.focus_locked)
        return asked


def check_controls(controls: CameraControls) -> None:
    """Raises `DeviceRefused` for a figure the sensor cannot do, naming it and its range."""
    gains = controls.colour_gains or (None, None)
    for name, value, (low, high) in (
        ("exposure_us", controls.exposure_us, EXPOSURE_US),
        ("analogue_gain", controls.analogue_gain, ANALOGUE_GAIN),
        ("red gain", gains[0], COLOUR_GAIN),
        ("blue gain", gains[1], COLOUR_GAIN),
    ):
        if value is not None and not low <= value <= high:
            raise DeviceRefused(f"camera: {name} of {value} is outside {low:g} to {high:g}")


class RunningSensor:
    """The running sensor, in the camera's owner thread."""

    def __init__(self, scene: Scene, feed: FrameFeed, lit: Lit, sequences: Iterator[int], frame_rate: float) -> None:
        self._scene = scene
        self._feed = feed
        self._lit = lit
        self._sequences = sequences
        self._interval = 1 / frame_rate
        self._last = -1  # sequence of the newest frame
        self._asked = Asked()
        self._lock = ExposureLock()
        self._held = RIGHT_EXPOSURE  # the exposure product while the lock holds
        self._exposure = AutoExposure(RIGHT_EXPOSURE)
        self._focus = AutoFocus()
        first = Setting(*split(RIGHT_EXPOSURE), DAYLIGHT_GAINS)
        self._pipeline: deque[tuple[Setting, bool]] = deque([(first, False)] * LATENCY)
        self._map_of: tuple[object, ...] | None = None
        self._map: Plane | None = None
        self._map_view: View | None = None
        self._due = 0.0

    def open(self) -> None:
        """The first frame is due now."""
        self._due = time.monotonic()

    def close(self) -> None:
        """Nothing is held."""

    def control(self, controls: CameraControls) -> None:
        """Take `controls` into the frames to come."""
        self._asked = self._asked.after(controls)
        self._focus.locked = self._asked.focus_locked
        if controls.exposure_locked is False:
            self._lock.undo()
        elif controls.exposure_locked:
            self._lock.ask(self._last)

    def step(self) -> float:
        """Expose a frame when it is due."""
        now = time.monotonic()
        if now < self._due:
            return self._due - now
        self._due = max(self._due + self._interval, now)
        self._expose(now)
        return max(0.0, self._due - time.monotonic())

    def _expose(self, now: float) -> None:
        self._scene.mishaps.expose()
        view, drive = self._scene.look()
        setting, locked = self._pipeline.popleft()
        lit = self._lit(now - setting.exposure_us / 1e6, now)
        self._last = sequence = next(self._sequences)
        exposure = Exposure(
            view=view,
            drive=drive,
            exposure_us=setting.exposure_us,
            analogue_gain=setting.analogue_gain,
            colour_gains=setting.colour_gains,
            blur=self._focus.blur,
            offset=sway(sequence),
            grain=sequence,
        )
        frame = Frame(
            pixels=preview(exposure, self._fine_map(exposure)),
            sequence=sequence,
            captured_at=now,
            metadata=FrameMetadata(
                exposure_us=setting.exposure_us,
                analogue_gain=setting.analogue_gain,
                colour_gains=setting.colour_gains,
                # One on its way since an earlier lock, which was undone meanwhile, does not count for the present one.
                exposure_locked=locked and (self._lock.holds or self._asked.in_figures),
                in_focus=self._focus.in_focus,
                lamp_level=lit,
            ),
        )
        self._feed.publish(Exposed(frame, lambda: still(exposure)))
        self._focus.step()
        self._adjust(frame, view, setting)

    def _adjust(self, frame: Frame, view: View, setting: Setting) -> None:
        seen = cv2.mean(cv2.resize(frame.pixels, METERED, interpolation=cv2.INTER_NEAREST))
        self._exposure.meter(sum(seen[:3]) / 3, view.brightness, setting.product)
        asked = self._asked
        if self._lock.take_hold(frame.sequence, frame.metadata.lamp_level, self._exposure.converged):
            self._held = self._exposure.right
        exposure_us, gain = split(self._held if self._lock.holds else self._exposure.wanted)
        following = Setting(
            exposure_us=asked.exposure_us if asked.exposure_us is not None else exposure_us,
            analogue_gain=asked.analogue_gain if asked.analogue_gain is not None else gain,
            colour_gains=asked.colour_gains or DAYLIGHT_GAINS,
        )
        self._pipeline.append((following, asked.in_figures or self._lock.holds))

    def _fine_map(self, exposure: Exposure) -> Plane | None:
        key = (
            id(exposure.view.wall),
            id(exposure.view.screen),
            exposure.drive,
            exposure.product,
            exposure.colour_gains,
        )
        if key != self._map_of:
            self._map = fine_map(factor_map(exposure), exposure.view.preview_size)
            self._map_of = key
            self._map_view = exposure.view  # keeps the ids in the key from being given to others
        return self._map


def sway(sequence: int) -> tuple[int, int]:
    """Where a standing person is at a frame, half preview pixels: slow, never quite the same."""
    t = sequence / FRAME_RATE
    x = SWAY * (0.7 * math.sin(1.9 * t) + 0.3 * math.sin(4.3 * t + 1))
    y = 0.6 * SWAY * (0.6 * math.sin(1.3 * t + 2) + 0.4 * math.sin(5.1 * t))
    return max(-STEPS, min(STEPS, round(x))), max(-STEPS, min(STEPS, round(y)))
