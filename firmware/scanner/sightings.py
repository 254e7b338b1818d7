"""One code held up is one scan, however often a scanner sees it: the rule that all scanners share."""

from __future__ import annotations

GONE_AFTER = 2.0  # seconds a code must be out of sight before the next sight is a new scan
GLIMPSE = 1.0  # seconds a located code may be missed and still count as held up all the time
MOST = 16  # codes remembered


class Sightings:
    """Which codes are being held up now. Not thread-safe: its owner holds the lock."""

    def __init__(self, gone_after: float = GONE_AFTER) -> None:
        self._gone_after = gone_after
        self._seen: dict[str, float] = {}

    def see(self, payload: str, at: float) -> bool:
        """A code is seen at `at` (monotonic seconds); whether that is a new scan."""
        last = self._seen.pop(payload, None)
        self._seen[payload] = at
        if len(self._seen) > MOST:
            self._seen.pop(next(iter(self._seen)))
        return last is None or at - last > self._gone_after

    def any_within(self, seconds: float, at: float) -> bool:
        """Whether any code was read in the last `seconds`."""
        return any(at - seen <= seconds for seen in self._seen.values())

    def forget(self) -> None:
        """The next sight of any code is a new scan."""
        self._seen.clear()


class Unreadable:
    """When to say "I see a code and cannot read it": once, after it was seen long enough without being read."""

    def __init__(self, patience: float = 1.5, gone_after: float = GONE_AFTER) -> None:
        self._patience = patience
        self._gone_after = gone_after
        self._since: float | None = None
        self._last = 0.0
        self._said = False

    def located(self, at: float) -> bool:
        """A code is located but not read at `at`; whether to say so now."""
        unseen_for = at - self._last
        if self._since is None or unseen_for > GLIMPSE:
            self._since, self._said = at, self._said and unseen_for <= self._gone_after
        self._last = at
        if self._said or at - self._since < self._patience:
            return False
        self._said = True
        return True

    def read(self) -> None:
        """A code was read after all."""
        self._since, self._said = None, False

    forget = read
