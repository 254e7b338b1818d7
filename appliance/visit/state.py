"""A visit as a value: what is known of it so far. It is kept in the ledger at every step and survives a restart."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from appliance.ledger.tables import VisitRow
from appliance.visit.machine import State
from appliance.visit.payment import FREE, Payment

LOCAL = (
    "local"  # the operator's id where nobody signs in: programs on this machine, a station whose people are not listed
)


@dataclass(frozen=True, slots=True)
class Verified:
    """How and when the student was recognised as the owner of the code."""

    method: str
    at: str
    wrong_tries: int


@dataclass(frozen=True, slots=True)
class Consented:
    """What was agreed to, when, and who ticked."""

    version: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One student's visit. `identity` is masked. `payload`, the code itself, checks the answer and is dropped once it was
    right; from then on only `sealed_code`, which the platform alone can open, travels on."""

    visit_id: str
    state: State
    plan_id: str
    code_digest: str
    sealed_code: str
    identity: dict[str, Any]
    roster_serial: int
    payload: str | None
    verified: Verified | None = None
    consented: Consented | None = None
    unresolved: bool = False  # no roster knew the code: the platform says whose it is
    payment: Payment = FREE
    details_given: bool = False
    sealed_details: str | None = None
    phone_declined: bool = False
    corrections: tuple[str, ...] = ()
    replaces: str | None = None  # the refused or withdrawn capture that this visit is for
    earlier: dict[str, Any] | None = None  # state and reasons of an earlier capture of this student
    shots: int = 0
    capture_id: str | None = None

    def row(self) -> VisitRow:
        """As the ledger keeps it."""
        return VisitRow(visit_id=self.visit_id, state=self.state, body=json.dumps(asdict(self), ensure_ascii=False))

    @classmethod
    def from_row(cls, row: VisitRow) -> Visit:
        """The visit that `row()` kept."""
        body = json.loads(row.body)
        body["state"] = State(body["state"])
        body["verified"] = body["verified"] and Verified(**body["verified"])
        body["consented"] = body["consented"] and Consented(**body["consented"])
        body["payment"] = Payment(**body["payment"])
        body["corrections"] = tuple(body["corrections"])
        return cls(**body)
