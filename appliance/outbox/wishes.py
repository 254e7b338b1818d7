"""Withdrawals and problem reports that the platform refused for good: shown with the reason, tried again when a person says so."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, func, select

from appliance.ledger.store import Ledger
from appliance.ledger.tables import DeliveryState, ErrandRow

SHOWN = 50
LEAST_PREFIX = 4
AGAIN: dict[str, Any] = {"state": DeliveryState.PENDING, "due": 0.0, "boot_id": ""}


@dataclass(frozen=True, slots=True)
class ParkedWish:
    """One that waits for a person: `kind` is withdrawal or report, `capture_id` None for a report about no capture."""

    id: str
    kind: str
    capture_id: str | None
    error: str | None
    attempts: int
    made_at: str

    @property
    def facts(self) -> dict[str, Any]:
        """As a document."""
        return asdict(self)


def count_parked(session: Session) -> int:
    """How many wishes wait for a person."""
    return session.exec(
        select(func.count()).select_from(ErrandRow).where(ErrandRow.state == DeliveryState.PARKED)
    ).one()


def parked_wishes(session: Session) -> list[ParkedWish]:
    """The oldest `SHOWN` of them."""
    rows = session.exec(
        select(ErrandRow)
        .where(ErrandRow.state == DeliveryState.PARKED)
        .order_by(col(ErrandRow.made_at), col(ErrandRow.errand_id))
        .limit(SHOWN)
    )
    return [
        ParkedWish(row.errand_id, str(row.kind), row.capture_id, row.last_error, row.attempts, row.made_at)
        for row in rows
    ]


def retry_wish(ledger: Ledger, begins: str) -> bool:
    """Let the one parked wish whose id begins so be tried again at once; False when none does, or several do."""
    if len(begins) < LEAST_PREFIX:
        return False
    with ledger.session() as session:
        parked = select(ErrandRow.errand_id).where(ErrandRow.state == DeliveryState.PARKED)
        found = session.exec(parked.where(col(ErrandRow.errand_id).startswith(begins, autoescape=True))).all()
        if len(found) != 1:
            return False
        result = session.execute(update(ErrandRow).where(col(ErrandRow.errand_id) == found[0]).values(AGAIN))
        return isinstance(result, CursorResult) and result.rowcount == 1
