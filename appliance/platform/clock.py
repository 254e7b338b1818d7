"""The platform's time as the station knows it: learnt from the `Date` of every answer, carried on the monotonic clock.

A station without a battery-backed clock starts in 1970 or last week; signatures need the platform's time, within minutes.
Between answers the time runs on the monotonic clock, so a wall clock that jumps meanwhile changes nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class PlatformClock:
    """Thread-safe; `wall` and `monotonic` give seconds."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._base: float | None = None

    def learn(self, date: str | None) -> bool:
        """Take the time from a `Date` field value; False when there is none or it cannot be read."""
        if not date:
            return False
        try:
            stamp = parsedate_to_datetime(date).timestamp()
        except (ValueError, OverflowError):
            return False
        with self._lock:
            self._base = stamp - self._monotonic()
        return True

    def now(self) -> datetime:
        """The platform's time where it was learnt, the station's own before that."""
        with self._lock:
            base = self._base
        return datetime.fromtimestamp(self._wall() if base is None else base + self._monotonic(), UTC)

    @property
    def offset_s(self) -> float | None:
        """Platform's time minus the station's wall clock, in seconds; None before the first answer."""
        with self._lock:
            base = self._base
        return None if base is None else base + self._monotonic() - self._wall()
