"""From a bouncing contact to presses: a contact counts as changed once it has stayed so for a while."""

from __future__ import annotations

from firmware.ports import TriggerEvent


class Debounce:
    """Fed with samples of a contact; tells presses. Not thread-safe: its owner thread has it alone.

    With `long_press_s` a press is told when the contact opens, for only then is it known to be short; a long press is
    told as soon as it is long. Without, a press is told at once.
    """

    def __init__(self, steady_s: float = 0.02, long_press_s: float | None = None) -> None:
        self._steady_s = steady_s
        self._long_press_s = long_press_s
        self._closed = False  # as accepted
        self._differs_since: float | None = None
        self._closed_at = 0.0
        self._told = False

    def sample(self, closed: bool, at: float) -> TriggerEvent | None:
        """The contact was `closed` or open at `at` (monotonic seconds); what that says, if anything."""
        if closed == self._closed:
            self._differs_since = None
        elif self._differs_since is None:
            self._differs_since = at
        elif at - self._differs_since >= self._steady_s:
            return self._change(closed, self._differs_since)
        return self._held(at)

    def _change(self, closed: bool, at: float) -> TriggerEvent | None:
        self._closed, self._differs_since = closed, None
        if closed:
            self._closed_at, self._told = at, self._long_press_s is None
            return TriggerEvent.PRESS if self._told else None
        return None if self._told else TriggerEvent.PRESS

    def _held(self, at: float) -> TriggerEvent | None:
        if (
            self._closed
            and not self._told
            and self._long_press_s is not None
            and at - self._closed_at >= self._long_press_s
        ):
            self._told = True
            return TriggerEvent.LONG_PRESS
        return None
