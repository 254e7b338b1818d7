"""Which lamp level burned when, so that a camera can say what lit a frame."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from firmware.ports import LampLevel


@dataclass(frozen=True, slots=True)
class _Burning:
    since: float
    level: LampLevel | None  # None while on the way from one level to another


class LightRecord:
    """A short memory of levels. A frame is lit by a level only when that level burned all its exposure through."""

    def __init__(self, keep: int = 64) -> None:
        self._lock = threading.Lock()
        self._record: deque[_Burning] = deque(maxlen=keep)

    @property
    def empty(self) -> bool:
        """Whether nothing was ever told."""
        with self._lock:
            return not self._record

    def now(self, level: LampLevel | None, at: float) -> None:
        """`level` burns steadily from `at` (monotonic seconds) on; None: it is changing."""
        with self._lock:
            self._record.append(_Burning(at, level))

    def during(self, begin: float, end: float) -> LampLevel | None:
        """The one level that burned from `begin` to `end` (monotonic seconds), or None."""
        with self._lock:
            level: LampLevel | None = None
            for entry in reversed(self._record):
                if entry.since > end:
                    continue
                if entry.level is None or (level is not None and entry.level is not level):
                    return None
                level = entry.level
                if entry.since <= begin:
                    return level
            return None
