"""What this station already knows of a student: the earlier capture that a new visit goes on from (F25)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.ledger.store import Ledger
from appliance.visit.record_query import State, Wanted
from appliance.visit.records import Records

_REPLACEABLE = frozenset({"refused", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Earlier:
    """The newest capture of a code. `payment` is what its record says of the fee: what was paid is never asked for again."""

    capture_id: str
    state: State
    reasons: list[dict[str, Any]]
    payment: dict[str, Any] | None

    @property
    def replaceable(self) -> bool:
        """Whether a new capture takes its place (the record then says `replaces`)."""
        return self.state in _REPLACEABLE

    @property
    def locked(self) -> bool:
        """Accepted by the platform: the register has it, and no new photo replaces it."""
        return self.state == "accepted"


def earlier_capture(ledger: Ledger, code_digest: str) -> Earlier | None:
    """The newest capture of this code on this station; None when there is none."""
    found = Records(ledger).find(Wanted(code_digest=code_digest, limit=1))
    if not found:
        return None
    record = found[0]
    return Earlier(record.capture_id, record.state, record.reasons, record.summary.get("payment"))
