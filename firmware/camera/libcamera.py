"""Raspberry Pi cameras (modules v2, v3, HQ; either port of a Pi 5) through picamera2."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from firmware.camera.feed import FrameFeed, Lit
from firmware.camera.picamera import KEPT, PiSensor, preview_of
from firmware.ports import CameraControls, DeviceFault, DeviceStatus, DeviceUnavailable, Frame, Still, StillRequirement
from firmware.worker import Patience, Worker

ADVICE = "Check the camera's ribbon cable at both ends, then restart the station; `rpicam-hello --list-cameras` must list it."


def open_picamera(number: int) -> Any:
    """`picamera2.Picamera2` for a camera number, with buffers that outlive a reopening. Raises `DeviceUnavailable`."""
    try:
        picamera2: Any = importlib.import_module("picamera2")
        allocators: Any = importlib.import_module("picamera2.allocators")
    except ImportError as error:
        raise DeviceUnavailable(
            "camera: picamera2 is not installed; type: sudo apt install python3-picamera2", DeviceFault.NO_LIBRARY
        ) from error
    return picamera2.Picamera2(number, allocator=allocators.PersistentAllocator())


class LibcameraCamera:
    """A Pi camera. `lit` tells which lamp level lit a stretch of time (`lit_during` of the lamps)."""

    def __init__(
        self,
        number: int = 0,
        lit: Lit | None = None,
        upside_down: bool = False,
        opener: Callable[[int], Any] = open_picamera,
        name: str = "camera",
        patience: Patience | None = None,
    ) -> None:
        self._number = number
        self._lit: Lit = lit or (lambda begin, end: None)
        self._upside_down = upside_down
        self._opener = opener
        self._sequences: Iterator[int] = count()
        self._sensor: PiSensor | None = None
        self._worker: Worker[PiSensor] = Worker(name, self._make, patience=patience, on_failure=self._failed)
        self._feed = FrameFeed(name, self.status, keep=KEPT)

    @property
    def still_size(self) -> tuple[int, int]:
        """(width, height) of a still, pixels; (0, 0) until the camera has answered."""
        sensor = self._sensor
        return (0, 0) if sensor is None or sensor.size is None else sensor.size

    @property
    def preview_size(self) -> tuple[int, int]:
        """(width, height) of a preview frame, pixels."""
        return preview_of(self.still_size)

    def start(self) -> None:
        """Begin; a camera that is not there is waited for, and `status` says so."""
        if self._feed.open():
            self._sequences = count()
        self._worker.start()

    def stop(self) -> None:
        """Stop, release the camera, wake everybody who waits."""
        self._feed.close()
        self._worker.stop()

    def next_preview(self, after: int = -1, timeout: float = 2.0) -> Frame:
        """See `firmware.ports.Camera`."""
        return self._feed.newest(after, timeout)

    def capture(self, requirement: StillRequirement, timeout: float = 3.0) -> Still:
        """See `firmware.ports.Camera`."""
        return self._feed.first(requirement, timeout)

    def control(self, controls: CameraControls) -> None:
        """See `firmware.ports.Camera`; waits for the camera's answer, for only it knows what it can do."""
        self._worker.submit(lambda sensor: sensor.control(controls)).result(timeout=2.5)

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Camera`."""
        return self._worker.status(ADVICE)

    def _make(self) -> PiSensor:
        self._sensor = PiSensor(self._number, self._opener, self._upside_down, self._feed, self._lit, self._sequences)
        return self._sensor

    def _failed(self, _: BaseException) -> None:
        self._feed.clear()
