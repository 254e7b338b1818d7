"""One thread's time with one device: how long it may take for what, and whether it is overdue."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a worker waits for what, seconds."""

    step: float = 2.0  # a step or job that takes longer is a hung device
    open: float = 10.0  # opening may load firmware
    close: float = 1.8  # `stop()` gives up on a thread after this, to stay under 2 s
    pause: float = 0.25  # before a reopening; doubled at each failure in a row ...
    longest_pause: float = 5.0  # ... up to this
    sound_after: float = 10.0  # failures in a row are forgotten after so long without one


class Life:
    """One thread's time with one device: what it is doing since when, and whether it still counts."""

    def __init__(self) -> None:
        self.ended = threading.Event()  # nobody wants this thread any more
        self.doing: tuple[float, float] | None = None  # (since, allowed seconds)
        self.thread: threading.Thread | None = None

    @contextmanager
    def at(self, allowed: float) -> Iterator[None]:
        """Mark that the thread is inside the device for at most `allowed` seconds."""
        self.doing = (time.monotonic(), allowed)
        try:
            yield
        finally:
            self.doing = None

    def overdue(self) -> float | None:
        """Seconds spent in a call that should have returned by now, or None."""
        doing = self.doing
        if doing is None:
            return None
        spent = time.monotonic() - doing[0]
        return spent if spent > doing[1] else None
