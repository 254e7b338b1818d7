"""Every clock a station's delivery looks at, moved by hand: the true time, its boot clock, its wall clock, the platform's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType
from unittest import mock

from appliance.outbox import errands, leases, link, receipts, receiver, retention, status, worker
from appliance.platform.clock import PlatformClock

YEAR_S = 365 * 86_400.0
_START_S = 1.8e9
_READERS: tuple[ModuleType, ...] = (errands, leases, link, receipts, receiver, retention, status, worker)


@dataclass
class StationClocks:
    """`truth` is seconds that really passed; the offsets are how wrong the settable clocks are."""

    truth: float = _START_S
    boot: str = "boot-0"
    booted_at: float = _START_S - 1000.0
    wall_offset: float = 0.0
    platform_offset: float = 0.0
    boots: int = 0

    def boot_id(self) -> str:
        return self.boot

    def boot_clock(self) -> float:
        return self.truth - self.booted_at

    def wall(self) -> float:
        return self.truth + self.wall_offset

    def pass_by(self, seconds: float) -> None:
        self.truth += seconds

    def reboot(self, off_s: float) -> None:
        """Switched off for a while; the boot clock begins again."""
        self.truth += off_s
        self.booted_at, self.boots = self.truth - 5.0, self.boots + 1
        self.boot = f"boot-{self.boots}"

    def platform_clock(self) -> PlatformClock:
        """The platform's time, as just learnt from an answer."""
        clock = PlatformClock(wall=self.wall, monotonic=lambda: self.truth)
        clock._base = self.platform_offset
        return clock

    @contextlib.contextmanager
    def in_charge(self) -> Iterator[None]:
        """The delivery process reads these clocks."""
        with ExitStack() as stack:
            for module in _READERS:
                for name in ("boot_clock", "boot_id"):
                    if hasattr(module, name):
                        stack.enter_context(mock.patch.object(module, name, getattr(self, name)))
            yield
