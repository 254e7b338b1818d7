"""A station without lamps: the room's light is all there is, and every level is the same light."""

from __future__ import annotations

import threading
import time

from firmware.lamps.ramp import check_drive
from firmware.lamps.record import LightRecord
from firmware.ports import DeviceState, DeviceStatus, DeviceUnavailable, LampDrive, LampLevel


class NoLamps:
    """`Lamps` that are not there. A level asked for "burns" at once, since nothing about the light changes."""

    def __init__(self, name: str = "lamps") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._running = False
        self._level = LampLevel.OFF
        self._record = LightRecord()

    def start(self) -> None:
        """Nothing to claim."""
        with self._lock:
            if not self._running:
                self._running = True
                self._go(LampLevel.OFF)

    def stop(self) -> None:
        """Nothing to release."""
        with self._lock:
            self._running = False
            self._go(LampLevel.OFF)

    def calibrate(self, level: LampLevel, drive: LampDrive) -> None:
        """Checked as every lamp's is, and of no effect."""
        check_drive(level, drive)

    def set_level(self, level: LampLevel) -> None:
        """See `firmware.ports.Lamps`."""
        with self._lock:
            if not self._running:
                raise DeviceUnavailable(f"{self._name} are stopped; start them first")
            self._go(level)

    @property
    def level(self) -> LampLevel:
        """The level last asked for."""
        with self._lock:
            return self._level

    @property
    def drive(self) -> LampDrive:
        """Always dark: nothing is driven."""
        return LampDrive()

    def lit_during(self, begin: float, end: float) -> LampLevel | None:
        """The level asked for all the time from `begin` to `end`, for cameras."""
        return self._record.during(begin, end)

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Lamps`."""
        with self._lock:
            state = DeviceState.READY if self._running else DeviceState.STOPPED
        return DeviceStatus(
            self._name, state, "no lamps: the room's light is used", "Face a window or use two desk lamps."
        )

    def _go(self, level: LampLevel) -> None:
        self._level = level
        self._record.now(level, time.monotonic())
