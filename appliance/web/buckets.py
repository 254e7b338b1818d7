"""How often somebody may ask: token buckets, as many as fit into a bounded memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_KEPT = 2048  # buckets; the one not used for longest goes, full or not


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` requests at once, `each_second` in the long run."""

    burst: float
    each_second: float


class Buckets:
    """One bucket a key."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, rate: Rate) -> bool:
        """Whether there is one left for `key`; then it is taken."""
        now = self._monotonic()
        with self._lock:
            left, at = self._kept.pop(key, (rate.burst, now))
            left = min(rate.burst, left + (now - at) * rate.each_second)
            allowed = left >= 1.0
            self._kept[key] = (left - 1.0 if allowed else left, now)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return allowed
