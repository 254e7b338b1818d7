"""What every lamp driver shares: what the levels mean, the soft start between them, and a record of which level burned when."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, fields

from firmware.ports import DeviceRefused, LampDrive, LampLevel

RISE = 0.15  # seconds from dark to full: soft for eyes and supply, short for the shutter
DEFAULT_DRIVES = {
    LampLevel.OFF: LampDrive(),
    LampLevel.FRAMING: LampDrive(0.4, 0.4, 0.4),
    LampLevel.SHOT: LampDrive(0.9, 0.9, 0.9),
}


def check_drive(level: LampLevel, drive: LampDrive) -> None:
    """Raises `DeviceRefused` for a drive outside 0 to 1, or a lit `OFF`."""
    for lamp in fields(drive):
        value = getattr(drive, lamp.name)
        if not 0.0 <= value <= 1.0:
            raise DeviceRefused(f"lamps: {lamp.name} at {value} for level {level}; a drive is 0 (dark) to 1 (full)")
        if level is LampLevel.OFF and value != 0.0:
            raise DeviceRefused(f"lamps: level off means dark, {lamp.name} cannot be {value} there")


def towards(now: LampDrive, goal: LampDrive, most: float) -> LampDrive:
    """`now` moved towards `goal` by at most `most` in each lamp."""

    def move(here: float, there: float) -> float:
        return there if abs(there - here) <= most else here + (most if there > here else -most)

    return LampDrive(move(now.left, goal.left), move(now.right, goal.right), move(now.background, goal.background))


@dataclass(frozen=True, slots=True)
class _Burning:
    since: float
    level: LampLevel | None  # None while on the way from one level to another


class LightRecord:
    """Which level burned when, for the cameras: a frame is lit by a level only when that level burned all its exposure through."""

    def __init__(self, keep: int = 64) -> None:
        self._lock = threading.Lock()
        self._record: deque[_Burning] = deque(maxlen=keep)

    def now(self, level: LampLevel | None, at: float) -> None:
        """`level` burns steadily from `at` on; None: it is changing."""
        with self._lock:
            self._record.append(_Burning(at, level))

    def during(self, begin: float, end: float) -> LampLevel | None:
        """The one level that burned from `begin` to `end` (monotonic seconds), or None."""
        with self._lock:
            level: LampLevel | None = None
            for entry in reversed(self._record):
                if entry.since >= end:
                    continue
                if level is not None and entry.level is not level:
                    return None
                level = entry.level
                if level is None or entry.since <= begin:
                    return level
            return None
