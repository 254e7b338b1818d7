"""When a camera may take "lock the exposure" at its word: once exposure has converged in settled light."""

from __future__ import annotations

from firmware.ports import LampLevel

PATIENCE = 45  # frames after which a lock takes hold of an exposure that still has not converged


class ExposureLock:
    """A lock that was asked for and the moment it takes hold. Not thread-safe: the camera's owner thread has it alone."""

    def __init__(self, patience: int = PATIENCE) -> None:
        self._patience = patience
        self._asked_at: int | None = None
        self.holds = False

    def ask(self, last: int) -> None:
        """Lock; `last` is the newest frame's sequence."""
        if self._asked_at is None:
            self._asked_at = last + 1

    def undo(self) -> None:
        """Automatic again."""
        self._asked_at, self.holds = None, False

    def take_hold(self, sequence: int, lamp_level: LampLevel | None, converged: bool) -> bool:
        """Whether the lock takes hold now, by what frame `sequence` shows. Says so once.

        A lock is often asked for together with a lamp level; only the frame after the asking shows whether the lamps,
        too, were told to change (`lamp_level` is None while they do).
        """
        if self._asked_at is None or self.holds:
            return False
        ready = converged and lamp_level is not None and sequence > self._asked_at
        self.holds = ready or sequence - self._asked_at > self._patience
        return self.holds
