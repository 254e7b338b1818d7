"""What the clock promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class ClockReading:
    """Wall-clock time and whether anything vouches for it (`trusted`): NTP, an RTC, the platform's Date header."""

    utc: datetime
    trusted: bool
    boot_id: str


@runtime_checkable
class Clock(Protocol):
    """The station's clock. Waits and order use `monotonic`; dates are only ever shown and recorded."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start, never going back within one boot."""
        ...

    def read(self) -> ClockReading:
        """Date and time in UTC, with the trust it deserves."""
        ...
