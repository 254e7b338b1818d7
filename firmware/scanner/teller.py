"""What every scanner does with what it read: tell its listener, each code once, and nothing after `stop`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from firmware.ports import CodeScan
from firmware.scanner.sightings import GONE_AFTER, Sightings


class ScanTeller:
    """The listener of one scanner. Holding its lock while telling is what makes `silence` final."""

    def __init__(self, scanner: str, gone_after: float = GONE_AFTER) -> None:
        self._scanner = scanner
        self._lock = threading.RLock()  # a listener may call back
        self._listener: Callable[[CodeScan], None] | None = None
        self._sightings = Sightings(gone_after)

    def listen(self, listener: Callable[[CodeScan], None]) -> None:
        """Tell `listener` from now on; the first one stays."""
        with self._lock:
            if self._listener is None:
                self._listener = listener

    def silence(self) -> None:
        """Tell nobody any more."""
        with self._lock:
            self._listener = None
            self._sightings.forget()

    def forget(self) -> None:
        """The next sight of any code is a new scan."""
        with self._lock:
            self._sightings.forget()

    def read(self, payload: str) -> None:
        """A code was read now."""
        now = time.monotonic()
        with self._lock:
            if self._listener is not None and self._sightings.see(payload, now):
                self._listener(CodeScan(payload, self._scanner, now))
