"""How long to wait before the next try: exponential with full jitter, capped, never before the platform asked for.

Full jitter (uniform from zero to the exponential bound) spreads a thousand stations evenly after a common outage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import SystemRandom

_MOST_DOUBLINGS = 30  # beyond any cap; keeps the power finite after years of failures


@dataclass(frozen=True, slots=True)
class Backoff:
    """`base_s` bounds the first wait, doubling with every failure up to `cap_s`; `draw` gives uniform numbers in [0, 1)."""

    base_s: float
    cap_s: float
    draw: Callable[[], float] = SystemRandom().random

    def delay(self, failures: int, retry_after: float | None = None) -> float:
        """Seconds to wait after the `failures`-th failure in a row (1 is the first)."""
        bound = min(self.cap_s, self.base_s * 2.0 ** min(max(failures - 1, 0), _MOST_DOUBLINGS))
        jittered = bound * self.draw()
        return jittered if retry_after is None else retry_after + jittered
