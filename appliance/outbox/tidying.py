"""Once a night: captures past their days, and copies of the ledger that an update laid aside."""

from __future__ import annotations

import time
from dataclasses import dataclass

from appliance.ledger.snapshot import ASIDE, forget_copies
from appliance.ledger.store import Ledger
from appliance.outbox.retention import Retention
from appliance.platform.client import PlatformClient
from appliance.platform.clock import PlatformClock
from appliance.platform.errors import PlatformError
from appliance.platform.identity import NotEnrolled, StationIdentity

COPIES_KEPT_S = 7 * 86_400.0  # long enough to see that an update holds


@dataclass(frozen=True, slots=True)
class Tidied:
    """Captures erased after their retention, copies removed; `time_known` says whether the platform told the time."""

    erased: int
    copies: int
    time_known: bool


def tidy(ledger: Ledger, wall: float | None = None) -> Tidied:
    """Erase what may go. Captures only when the platform tells the time: the station's own clock may have jumped."""
    clock = _platform_time(ledger)
    erased = [] if clock is None else Retention(ledger, clock).step()
    now = time.time() if wall is None else wall
    aside = ledger.data_dir / ASIDE
    copies = list(aside.glob("*.db")) if aside.is_dir() else []
    old = bool(copies) and all(now - path.stat().st_mtime > COPIES_KEPT_S for path in copies)
    return Tidied(len(erased), forget_copies(ledger.data_dir) if old else 0, clock is not None)


def _platform_time(ledger: Ledger) -> PlatformClock | None:
    """The platform's clock, asked now; None when it cannot be."""
    try:
        identity = StationIdentity.load(ledger.data_dir / "keys")
        with PlatformClient(identity) as client:
            client.events(wait_s=0.0)
            return client.clock if client.clock.offset_s is not None else None
    except (NotEnrolled, ValueError, PlatformError):
        return None
