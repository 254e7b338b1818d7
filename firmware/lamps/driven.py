"""Lamps that something drives: levels, calibration, soft start and limits, the same for real pins and for the stand-in.

The output belongs to the lamps' owner thread alone. It is dark whenever that thread is not there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from firmware.lamps.ramp import DEFAULT_DRIVES, RISE, check_drive, scaled, towards
from firmware.lamps.record import LightRecord
from firmware.ports import DeviceStatus, DeviceUnavailable, LampDrive, LampLevel
from firmware.worker import Worker

TICK = 0.01  # seconds between two steps of a soft start
REST = 0.25  # seconds between two looks at the limits when nothing changes
LONGEST_STEP = 0.05  # seconds of soft start made up for after a late step


class Output(Protocol):
    """Where the drive goes."""

    def open(self) -> None:
        """Claim it, dark. Raises `DeviceUnavailable`."""
        ...

    def drive(self, drive: LampDrive) -> None:
        """Drive the lamps, each 0 to 1."""
        ...

    def close(self) -> None:
        """Dark, released; also after an `open` that failed half-way."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What the lamps are spared. A shot takes a second or two; longer is a fault above or a hand on the wrong switch."""

    shot_s: float = 20.0  # longest time at shot level; framing light after that
    hot_c: float = 75.0  # from here on the drive is lowered ...
    cool_c: float = 65.0  # ... until it is cooler than this
    hot_share: float = 0.5  # to this share


class _Driver:
    """The owner thread's task."""

    def __init__(self, lamps: DrivenLamps, output: Output) -> None:
        self._lamps = lamps
        self._output = output

    def open(self) -> None:
        self._output.open()
        self._lamps.opened()

    def step(self) -> float:
        drive, wait = self._lamps.advance(time.monotonic())
        if drive is not None:
            self._output.drive(drive)
            self._lamps.driven()
        return wait

    def close(self) -> None:
        self._lamps.gone_dark()
        self._output.close()


class DrivenLamps:
    """`Lamps` on an `Output`; `temperature` gives degrees Celsius near the lamps, or None."""

    def __init__(
        self,
        output: Output,
        name: str = "lamps",
        limits: Limits | None = None,
        temperature: Callable[[], float | None] = lambda: None,
        record: LightRecord | None = None,
    ) -> None:
        self._name = name
        self._limits = limits or Limits()
        self._temperature = temperature
        self._record = record or LightRecord()
        self._lock = threading.Lock()
        self._drives = dict(DEFAULT_DRIVES)
        self._level = LampLevel.OFF
        self._since = 0.0  # when the level was asked for
        self._drive = LampDrive()
        self._told: LampLevel | None = None  # what the record says burns now
        self._stepped_at = 0.0
        self._hot = False
        self._limited = ""
        self._running = False
        self._worker: Worker[_Driver] = Worker(name, lambda: _Driver(self, output))

    def start(self) -> None:
        """Claim the output, dark. Raises `DeviceUnavailable` when it cannot be had now; it goes on trying."""
        with self._lock:
            if self._running:
                return
            self._running = True
            self._level = LampLevel.OFF
        self._worker.start()
        self._worker.wait_open(2.0)

    def stop(self) -> None:
        """Dark, released."""
        with self._lock:
            self._running = False
            self._level = LampLevel.OFF
        self._worker.stop()
        self.gone_dark()

    def calibrate(self, level: LampLevel, drive: LampDrive) -> None:
        """See `firmware.ports.Lamps`."""
        check_drive(level, drive)
        with self._lock:
            self._drives[level] = drive
            self._tell_change()
        self._worker.wake()

    def set_level(self, level: LampLevel) -> None:
        """See `firmware.ports.Lamps`."""
        with self._lock:
            if not self._running:
                raise DeviceUnavailable(f"{self._name} are stopped; start them first")
            if level is not self._level:
                self._level, self._since, self._limited = level, time.monotonic(), ""
            self._tell_change()
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
        """The level that burned all the time from `begin` to `end` (monotonic seconds), for cameras."""
        return self._record.during(begin, end)

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Lamps`; a limit that holds the lamps back is told in `detail`."""
        status = self._worker.status("Check the lamps' wiring and that no other program uses their pins.")
        limited = self._limited
        if limited and not status.detail:
            return DeviceStatus(status.name, status.state, limited, "Let the lamps cool down; check their airflow.")
        return status

    # -- called by the owner thread -----------------------------------------------------------------------------------

    def opened(self) -> None:
        """The output was claimed and is dark."""
        with self._lock:
            self._drive, self._stepped_at = LampDrive(), time.monotonic()
            self._tell_change()

    def advance(self, now: float) -> tuple[LampDrive | None, float]:
        """The next drive, None when it stays; and the seconds until the next step."""
        with self._lock:
            goal = self._goal(now)
            if goal == self._drive:
                self._settle(now)
                return None, REST
            elapsed = min(max(now - self._stepped_at, 0.0), LONGEST_STEP) or TICK
            self._stepped_at = now
            self._tell(None, now)
            self._drive = towards(self._drive, goal, elapsed / RISE)
            return self._drive, TICK

    def driven(self) -> None:
        """The output has taken the last drive."""
        with self._lock:
            now = time.monotonic()
            if self._drive == self._goal(now):
                self._settle(now)

    def gone_dark(self) -> None:
        """The output is going dark."""
        with self._lock:
            self._drive = LampDrive()
            self._tell(None if self._running else LampLevel.OFF, time.monotonic())

    # -- inside, with the lock held -----------------------------------------------------------------------------------

    def _goal(self, now: float) -> LampDrive:
        level, limits = self._level, self._limits
        self._limited = ""
        if level is LampLevel.SHOT and now - self._since > limits.shot_s:
            self._limited = f"shot level burned for {limits.shot_s:g} s and was taken back to framing level"
            level = LampLevel.FRAMING
        degrees = self._temperature()
        if degrees is not None:
            self._hot = degrees > (limits.cool_c if self._hot else limits.hot_c)
        if self._hot and degrees is not None:
            self._limited = (
                f"{degrees:.0f} °C at the lamps (limit {limits.hot_c:g} °C): driven at {limits.hot_share:.0%}"
            )
            return scaled(self._drives[level], limits.hot_share)
        return self._drives[level]

    def _settle(self, now: float) -> None:
        self._stepped_at = now
        self._tell(None if self._limited else self._level, now)

    def _tell_change(self) -> None:
        """What is asked for now: the record must not claim a level from before the change."""
        now = time.monotonic()
        self._tell(self._level if self._drives[self._level] == self._drive and not self._limited else None, now)

    def _tell(self, level: LampLevel | None, now: float) -> None:
        if level is not self._told or self._record.empty:
            self._told = level
            self._record.now(level, now)
