"""An opened USB camera, through OpenCV, as its owner thread sees it.

One format, the largest that still comes at the pace of guidance, so that a still needs no mode switch. What a USB camera does not
tell (gain, colour gains, whether it is in focus) stays unknown in the metadata. One without manual exposure is a camera all the
same: its lock shows as "nothing to hold", its focus is held.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from firmware.camera.feed import Exposed, FrameFeed, Lit
from firmware.claim import Claim
from firmware.ports import (
    CameraControls,
    DeviceFault,
    DeviceRefused,
    DeviceTimeout,
    DeviceUnavailable,
    Frame,
    FrameMetadata,
    Pixels,
)

# Asked for in turn; a driver answers with the nearest it has. The first is what every camera with MJPEG gives at full pace.
SIZES = ((4096, 3072), (1920, 1080), (1280, 720), (640, 480))
LARGEST = SIZES[0]
WANTED_RATE = 30.0  # frames a second
LEAST_RATE = 15.0  # what guidance needs; what the camera tells, 0 where it does not
PREVIEW_WIDTH = 640
LATENCY = 3  # frames until a setting acts
MOST_TORN = 15  # broken frames in a row after which the camera is reopened
MANUAL_EXPOSURE, AUTO_EXPOSURE = 1.0, 3.0  # V4L2_EXPOSURE_MANUAL, V4L2_EXPOSURE_APERTURE_PRIORITY
V4L2_EXPOSURE_US = 100.0  # V4L2_CID_EXPOSURE_ABSOLUTE counts 100 us


class Source(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether the device was opened."""
        ...

    def read(self) -> tuple[bool, Pixels | None]:
        """The next frame; blocks until there is one."""
        ...

    def get(self, prop: int) -> float:
        """A property, 0 where it is not known."""
        ...

    def set(self, prop: int, value: float) -> bool:
        """Set a property; False where the device cannot."""
        ...

    def release(self) -> None:
        """Let the device go."""
        ...


def open_device(device: int | str) -> Source:
    """The real thing: device number, or path such as `/dev/v4l/by-id/...`."""
    return cv2.VideoCapture(device, cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY)  # type: ignore[return-value]


class Webcam:
    """The opened camera, in its owner thread."""

    def __init__(
        self,
        device: int | str,
        opener: Callable[[int | str], Source],
        feed: FrameFeed,
        lit: Lit,
        sequences: Iterator[int],
        hung_after: float,
        largest: tuple[int, int] = LARGEST,
    ) -> None:
        self._device = device
        self._opener = opener
        self._feed = feed
        self._lit = lit
        self._sequences = sequences
        self._hung_after = hung_after
        self._largest = largest
        self._source: Source | None = None
        self._claim: Claim | None = None
        self._last = -1
        self._locked = False
        self._manual = True  # whether exposure can be given in figures; known once it was tried
        self._locked_from = 0  # sequence from which the lock acts
        self._exposure_us: float | None = None
        self._torn = 0
        self.size: tuple[int, int] | None = None

    def open(self) -> None:
        """Open the device in the largest format that is quick enough. Raises `DeviceUnavailable`."""
        node = f"/dev/video{self._device}" if isinstance(self._device, int) else self._device
        self._claim = Claim(Path(node), "camera")
        source = self._source = self._opener(self._device)
        if not source.isOpened():
            fault = DeviceFault.IN_USE if Path(node).exists() else DeviceFault.MISSING
            raise DeviceUnavailable(
                f"camera {self._device} cannot be opened: not there, or held by another program", fault
            )
        source.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))  # raw frames this large do not fit USB 2
        for width, height in (size for size in SIZES if size[0] <= self._largest[0]):
            source.set(cv2.CAP_PROP_FRAME_WIDTH, width)
            source.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
            source.set(cv2.CAP_PROP_FPS, WANTED_RATE)
            if not 0 < source.get(cv2.CAP_PROP_FPS) < LEAST_RATE:
                break
        source.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        given = source.get(cv2.CAP_PROP_FRAME_WIDTH), source.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if min(given) > 0:
            self.size = (int(given[0]), int(given[1]))

    def close(self) -> None:
        """Let the device go."""
        try:
            if self._source is not None:
                self._source.release()
                self._source = None
        finally:
            if self._claim is not None:
                self._claim.release()

    def step(self) -> float:
        """Read and publish one frame. Raises `DeviceUnavailable`, `DeviceTimeout`."""
        source = self._opened()
        asked_at = time.monotonic()
        done, pixels = source.read()
        now = time.monotonic()
        if now - asked_at > self._hung_after:
            raise DeviceTimeout(f"camera {self._device} took {now - asked_at:.1f} s for a frame")
        if not done or pixels is None:
            raise DeviceUnavailable(f"camera {self._device} gives no more frames; was it unplugged?")
        if self._is_whole(pixels):
            self._torn = 0
            self._publish(pixels, now)
        else:
            self._torn += 1
            if self._torn > MOST_TORN:
                raise DeviceUnavailable(
                    f"camera {self._device} gives broken frames, the last of shape {pixels.shape}",
                    DeviceFault.BROKEN_FRAMES,
                )
        return 0.0

    def control(self, controls: CameraControls) -> None:
        """Set what the camera can; raises `DeviceRefused` for the rest, before anything is changed where that can be told."""
        if controls.analogue_gain is not None or controls.colour_gains is not None:
            raise DeviceRefused(f"camera {self._device}: a USB camera's gains cannot be set in figures")
        source = self._opened()
        if controls.exposure_us is not None:
            self._set_exposure(source, controls.exposure_us)
        elif controls.exposure_locked:
            self._hold_exposure(source)
        elif controls.exposure_locked is False:
            self._release_exposure(source)
        if controls.focus_locked is not None:
            source.set(
                cv2.CAP_PROP_AUTOFOCUS, 0.0 if controls.focus_locked else 1.0
            )  # False: a fixed lens, always locked

    def _hold_exposure(self, source: Source) -> None:
        present = source.get(cv2.CAP_PROP_EXPOSURE)
        self._manual = source.set(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE)
        if self._manual and present > 0:
            source.set(cv2.CAP_PROP_EXPOSURE, present)  # manual mode may come up with an old figure
            self._exposure_us = present * V4L2_EXPOSURE_US
        self._lock()

    def _release_exposure(self, source: Source) -> None:
        if self._locked and self._manual:
            source.set(cv2.CAP_PROP_AUTO_EXPOSURE, AUTO_EXPOSURE)
        self._locked, self._exposure_us = False, None

    def _set_exposure(self, source: Source, exposure_us: float) -> None:
        manual = source.set(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE)
        if not manual or not source.set(cv2.CAP_PROP_EXPOSURE, exposure_us / V4L2_EXPOSURE_US):
            raise DeviceRefused(f"camera {self._device} cannot be exposed for {exposure_us:g} us")
        self._manual, self._exposure_us = True, exposure_us
        self._lock()

    def _lock(self) -> None:
        if not self._locked:
            self._locked, self._locked_from = True, self._last + 1 + LATENCY

    def _publish(self, pixels: Pixels, now: float) -> None:
        still = np.ascontiguousarray(pixels)
        height, width = still.shape[:2]
        self.size = (width, height)
        small = cv2.resize(still, preview_of(self.size), interpolation=cv2.INTER_AREA)
        preview = np.asarray(small, dtype=np.uint8)
        still.setflags(write=False)
        preview.setflags(write=False)
        self._last = next(self._sequences)
        exposed_for = (self._exposure_us or 33_000.0) / 1e6
        metadata = FrameMetadata(
            exposure_us=self._exposure_us,
            exposure_locked=self._held(),
            lamp_level=self._lit(now - exposed_for, now),
        )
        self._feed.publish(Exposed(Frame(preview, self._last, now, metadata), lambda: still))

    def _held(self) -> bool | None:
        """Whether the newest frame was taken with the exposure held; None where that was asked of a camera without a say in it."""
        if not self._locked or self._last < self._locked_from:
            return False
        return True if self._manual else None

    def _is_whole(self, pixels: Pixels) -> bool:
        shape_fits = pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype == np.uint8 and pixels.size > 0
        return shape_fits and (self.size is None or pixels.shape[:2] == self.size[::-1])

    def _opened(self) -> Source:
        if self._source is None:
            raise DeviceUnavailable(f"camera {self._device} is not open")
        return self._source


def preview_of(size: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of the preview of a still of (width, height): the same view, 640 wide."""
    width = min(PREVIEW_WIDTH, size[0])
    return width, max(1, round(size[1] * width / size[0]))
