"""The stand-in lamps: they light a `Scene`."""

from __future__ import annotations

import threading
import time

from firmware.lamps.ramp import DEFAULT_DRIVES, RISE, check_drive, towards
from firmware.ports import DeviceStatus, DeviceUnavailable, LampDrive, LampLevel
from firmware.scene.world import Scene
from firmware.worker import Worker

TICK = 0.01  # seconds between two steps of a soft start
REST = 0.5  # seconds between two looks when nothing changes


class _Light:
    """Moves the scene's light towards the goal, in the lamps' owner thread."""

    def __init__(self, lamps: SceneLamps) -> None:
        self._lamps = lamps

    def open(self) -> None:
        """Nothing to claim."""

    def step(self) -> float:
        return TICK if self._lamps.approach(TICK / RISE) else REST

    def close(self) -> None:
        """Going dark is `SceneLamps.stop`'s."""


class SceneLamps:
    """`Lamps` that burn in a `Scene`."""

    def __init__(self, scene: Scene, name: str = "lamps") -> None:
        self._scene = scene
        self._lock = threading.Lock()
        self._drives = dict(DEFAULT_DRIVES)
        self._level = LampLevel.OFF
        self._drive = LampDrive()
        self._settled = True
        self._running = False
        self._record = scene.light_record
        self._worker: Worker[_Light] = Worker(name, lambda: _Light(self))

    def start(self) -> None:
        """Dark, ready to burn."""
        with self._lock:
            if self._running:
                return
            self._running = True
            self._go_dark()
        self._worker.start()

    def stop(self) -> None:
        """Dark at once."""
        with self._lock:
            self._running = False
            self._go_dark()
        self._worker.stop()

    def calibrate(self, level: LampLevel, drive: LampDrive) -> None:
        """See `firmware.ports.Lamps`."""
        check_drive(level, drive)
        with self._lock:
            self._drives[level] = drive
            self._unsettle()
        self._worker.wake()

    def set_level(self, level: LampLevel) -> None:
        """See `firmware.ports.Lamps`."""
        with self._lock:
            if not self._running:
                raise DeviceUnavailable("lamps are stopped; start them first")
            self._level = level
            self._unsettle()
        self._worker.wake()

    @property
    def level(self) -> LampLevel:
        """The level last asked for."""
        with self._lock:
            return self._level

    @property
    def drive(self) -> LampDrive:
        """What the lamps are driven with now."""
        with self._lock:
            return self._drive

    def lit_during(self, begin: float, end: float) -> LampLevel | None:
        """The level that burned all the time from `begin` to `end`, for cameras."""
        return self._record.during(begin, end)

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Lamps`."""
        return self._worker.status()

    def approach(self, most: float) -> bool:
        """Move the light by at most `most`; whether there is more to go. Called by the owner thread."""
        with self._lock:
            if self._settled or not self._running:
                return False
            goal = self._drives[self._level]
            self._drive = towards(self._drive, goal, most)
            self._scene.light(self._drive)
            if self._drive != goal:
                return True
            self._settled = True
            self._record.now(self._level, time.monotonic())
            return False

    def _unsettle(self) -> None:
        if self._drives[self._level] != self._drive:
            self._settled = False
            self._record.now(None, time.monotonic())
        elif not self._settled or self._record_differs():
            self._settled = True
            self._record.now(self._level, time.monotonic())

    def _record_differs(self) -> bool:
        now = time.monotonic()
        return self._record.during(now, now) is not self._level

    def _go_dark(self) -> None:
        self._level, self._drive, self._settled = LampLevel.OFF, LampDrive(), True
        self._scene.light(self._drive)
        self._record.now(LampLevel.OFF, time.monotonic())
