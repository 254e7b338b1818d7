"""What became of the captures of this station: lists, one record, the recall list, the day's counters (F24 to F27).

A capture is `waiting` until the platform's receipt, `parked` when its delivery needs a person, `sent` with the receipt, and from
then on whatever the platform's review says: `reviewing`, `accepted`, `refused`, `withdrawn`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, and_, case, func, select
from sqlmodel import Session, col

from appliance.ledger.errors import CaptureMissing
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryState, ErrandKind, ErrandRow, JournalRow, ReviewRow
from appliance.visit.record_query import (
    MOST,
    STATES,
    State,
    Wanted,
    conditions,
    same_capture,
    selected,
    state_of,
    to_be_shot_again,
)


@dataclass(frozen=True, slots=True)
class Record:
    """One capture as operator and student may see it; `identity` is masked."""

    capture_id: str
    visit_id: str
    plan_id: str
    code_digest: str
    state: State
    accepted_at: str
    summary: dict[str, Any]
    reasons: list[dict[str, Any]]
    face_match: float | None
    reviewed_at: str | None
    receipt_id: str | None
    withdrawal: Literal["queued", "too-late", "failed"] | None
    photo: bool

    def as_dict(self) -> dict[str, Any]:
        """As pages get it; the code's digest stays inside."""
        return {
            "capture_id": self.capture_id,
            "visit_id": self.visit_id,
            "plan_id": self.plan_id,
            "identity": self.summary.get("identity"),
            "state": self.state,
            "reasons": self.reasons,
            "face_match": self.face_match,
            "accepted_at": self.accepted_at,
            "reviewed_at": self.reviewed_at,
            "receipt_id": self.receipt_id,
            "source": self.summary.get("source", "camera"),
            "exception": self.summary.get("exception"),
            "operator": self.summary.get("operator"),
            "payment": self.summary.get("payment"),
            "replaces": self.summary.get("replaces"),
            "withdrawal": self.withdrawal,
            "photo": f"/api/records/{self.capture_id}/photo.jpg" if self.photo else None,
        }


class Records:
    """Reads one ledger; every call sees one state of it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def find(self, wanted: Wanted) -> list[Record]:
        """The newest records that are wanted, at most `limit` of them."""
        with self._ledger.reading() as session:
            statement = (
                selected()
                .where(*conditions(wanted))
                .order_by(col(CaptureRow.sequence).desc())
                .limit(min(wanted.limit, MOST))
            )
            rows = session.execute(statement).all()
            ids = [row.capture_id for row in rows]
            withdrawals, receipts = _withdrawals(session, ids), _receipts(session, ids)
        return [self._record(row, withdrawals.get(row.capture_id), receipts.get(row.capture_id)) for row in rows]

    def get(self, capture_id: str) -> Record:
        """One record. Raises `CaptureMissing`."""
        found = self.find(Wanted(capture_id=capture_id, limit=1))
        if not found:
            raise CaptureMissing(f"no capture {capture_id} on this station")
        return found[0]

    def details(self, capture_id: str) -> dict[str, Any]:
        """One record with its verdict, consent, payment and steps. Raises `CaptureMissing`."""
        record = self.get(capture_id)
        with self._ledger.reading() as session:
            kept = session.get(CaptureRow, capture_id)
            steps = session.execute(
                select(col(JournalRow.event), col(JournalRow.at))
                .where(col(JournalRow.visit_id) == record.visit_id)
                .order_by(col(JournalRow.seq))
            ).all()
        document = _document(kept.record if kept else b"")
        shown = ("verdict", "consent", "verification", "captured_at", "clock_trusted", "corrections", "phone_declined")
        return {
            **record.as_dict(),
            **{key: document.get(key) for key in shown},
            "steps": [{"event": step.event, "at": step.at} for step in steps],
        }

    def counts(self) -> dict[str, int]:
        """How many captures are in each state."""
        state = state_of()
        with self._ledger.reading() as session:
            rows = session.execute(
                select(state, func.count())
                .select_from(CaptureRow)
                .join(ReviewRow, same_capture(), isouter=True)
                .group_by(state)
            ).all()
        return dict.fromkeys(STATES, 0) | {str(name): int(number) for name, number in rows}

    def today(self, now: datetime, plan_id: str | None) -> dict[str, int]:
        """The day's counters of the plan (of every plan when None).

        `done` and `receipted` are of captures accepted since local midnight; `waiting`, `parked`, `refused` are all there are,
        `recalled` those of the refused whose student was not photographed again yet.
        """
        midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        since = midnight.astimezone(UTC).isoformat()
        state = state_of()
        this_day = col(CaptureRow.accepted_at) >= since
        received = col(CaptureRow.received_at).is_not(None)
        of_plan = () if plan_id is None else (col(CaptureRow.plan_id) == plan_id,)

        def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
            return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

        statement = (
            select(
                number(this_day),
                number(state == "waiting"),
                number(state == "refused"),
                number(to_be_shot_again()),
                number(and_(this_day, received)),
                number(state == "parked"),
            )
            .select_from(CaptureRow)
            .join(ReviewRow, same_capture(), isouter=True)
            .where(*of_plan)
        )
        with self._ledger.reading() as session:
            row = session.execute(statement).one()
        names = ("done", "waiting", "refused", "recalled", "receipted", "parked")
        return {name: int(value) for name, value in zip(names, row, strict=True)}

    def _record(self, row: Row[Any], withdrawal: ErrandRow | None, receipt_id: str | None) -> Record:
        return Record(
            capture_id=row.capture_id,
            visit_id=row.visit_id,
            plan_id=row.plan_id,
            code_digest=row.code_digest,
            state=row.state,
            accepted_at=row.accepted_at,
            summary=json.loads(row.summary),
            reasons=json.loads(row.reasons or "[]"),
            face_match=row.face_match,
            reviewed_at=row.reviewed_at,
            receipt_id=receipt_id,
            withdrawal=_outcome(withdrawal),
            photo=self._ledger.vault.has(row.capture_id, "photo"),
        )


def _withdrawals(session: Session, captures: list[str]) -> dict[str, ErrandRow]:
    """The newest withdrawal asked for each of these captures."""
    rows = session.scalars(
        select(ErrandRow)
        .where(col(ErrandRow.capture_id).in_(captures), col(ErrandRow.kind) == ErrandKind.WITHDRAWAL)
        .order_by(col(ErrandRow.made_at))
    ).all()
    return {str(row.capture_id): row for row in rows}


def _receipts(session: Session, captures: list[str]) -> dict[str, str]:
    """Ids of the receipts of those of these captures that have one."""
    rows = session.execute(
        select(col(CaptureRow.capture_id), col(CaptureRow.receipt)).where(
            col(CaptureRow.capture_id).in_(captures), col(CaptureRow.received_at).is_not(None)
        )
    ).all()
    return {capture_id: str(json.loads(receipt)["receipt_id"]) for capture_id, receipt in rows if receipt is not None}


def _outcome(row: ErrandRow | None) -> Literal["queued", "too-late", "failed"] | None:
    """What is to be said of a withdrawal beside the state; nothing once it is done."""
    if row is None or (row.state is DeliveryState.DONE and row.last_error is None):
        return None
    if row.state is DeliveryState.DONE:
        return "too-late"
    return "failed" if row.state is DeliveryState.PARKED else "queued"


def _document(record: bytes) -> dict[str, Any]:
    try:
        found = json.loads(record)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
