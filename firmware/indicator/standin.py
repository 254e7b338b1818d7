"""The stand-in status light: shows nothing, remembers what it was asked to show."""

from __future__ import annotations

import threading
import time
from collections import deque

from firmware.ports import DeviceState, DeviceStatus, DeviceUnavailable, Pattern

HISTORY = 256


class StandInIndicator:
    """An `Indicator` that keeps a history of (monotonic seconds, pattern), the newest last."""

    def __init__(self, name: str = "indicator") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._running = False
        self._history: deque[tuple[float, Pattern]] = deque(maxlen=HISTORY)

    def start(self) -> None:
        """Claim the light, dark."""
        with self._lock:
            if not self._running:
                self._running = True
                self._note(Pattern.DARK)

    def stop(self) -> None:
        """Dark, released."""
        with self._lock:
            if self._running:
                self._running = False
                self._note(Pattern.DARK)

    def show(self, pattern: Pattern) -> None:
        """See `firmware.ports.Indicator`. Raises `DeviceUnavailable` before `start()`."""
        with self._lock:
            if not self._running:
                raise DeviceUnavailable(f"{self._name} is stopped; start it first")
            self._note(pattern)

    @property
    def showing(self) -> Pattern:
        """What the light shows now."""
        with self._lock:
            return self._history[-1][1] if self._history else Pattern.DARK

    @property
    def history(self) -> tuple[tuple[float, Pattern], ...]:
        """What it showed since when, oldest first."""
        with self._lock:
            return tuple(self._history)

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Indicator`."""
        with self._lock:
            return DeviceStatus(self._name, DeviceState.READY if self._running else DeviceState.STOPPED)

    def _note(self, pattern: Pattern) -> None:
        if not self._history or self._history[-1][1] is not pattern:
            self._history.append((time.monotonic(), pattern))
