"""One tablet drives the visit; the others watch. The wheel is free after a minute of rest, or taken over on purpose."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

FREE_AFTER = 60.0  # seconds without anything from the tablet that drives


class Drive:
    """Who holds the wheel. `monotonic` is the clock of the rest."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._holder: str | None = None
        self._seen = 0.0
        self._pages: Counter[str] = Counter()

    @property
    def holder(self) -> str | None:
        """The tablet that drives now."""
        with self._lock:
            return self._now()

    def take(self, tablet: str, *, by_force: bool = False) -> bool:
        """Take the wheel when it is free, one's own, or `by_force`; whether the tablet drives now."""
        with self._lock:
            if by_force or self._now() in (None, tablet):
                self._holder, self._seen = tablet, self._monotonic()
                return True
            return False

    def touch(self, tablet: str) -> None:
        """The tablet that drives is still in use."""
        with self._lock:
            if self._now() == tablet:
                self._seen = self._monotonic()

    def leave(self, tablet: str) -> None:
        """It lets go."""
        with self._lock:
            if self._holder == tablet:
                self._holder = None

    def pages(self, tablet: str) -> int:
        """How many pages of the tablet are open."""
        with self._lock:
            return self._pages[tablet]

    def arrive(self, tablet: str) -> None:
        """A page of the tablet is open."""
        with self._lock:
            self._pages[tablet] += 1

    def depart(self, tablet: str) -> None:
        """A page of the tablet was closed; with its last one goes the wheel."""
        with self._lock:
            self._pages[tablet] -= 1
            if self._pages[tablet] <= 0:
                del self._pages[tablet]
                if self._holder == tablet:
                    self._holder = None

    def _now(self) -> str | None:
        if self._holder is not None and self._monotonic() - self._seen > FREE_AFTER:
            self._holder = None
        return self._holder
