"""Taking rows of the outbox so that no two processes work on one, and giving them back in every possible way.

A lease ends when its time is over, when its owner's process is gone, or with the boot it was given in. Everything a holder
does is conditional on still holding it, so one that was overtaken changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, and_, case, exists, or_, true, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, func, select

from appliance.ledger.boot import boot_clock, boot_id
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryKind, DeliveryState, OutboxRow
from appliance.outbox.metered import NOTHING_HELD, Held
from appliance.outbox.owners import is_alive, this_owner

LEASE_S = 60.0
SMALL = (DeliveryKind.RECEIPT, DeliveryKind.RECORD, DeliveryKind.PHOTO)
LARGE = (DeliveryKind.ORIGINAL,)
URGENCY = (*SMALL, *LARGE)  # small before large


@dataclass(frozen=True, slots=True)
class Job:
    """A leased row: what to deliver, how often it was tried before, and how that failed."""

    row_id: int
    capture_id: str
    kind: DeliveryKind
    attempts: int
    upload_url: str | None
    last_error: str | None = None


class Leases:
    """The outbox rows of one ledger, as one worker sees them; it takes only `kinds`, in their order."""

    def __init__(self, ledger: Ledger, owner: str | None = None, *, kinds: tuple[DeliveryKind, ...] = URGENCY) -> None:
        self._ledger = ledger
        self._kinds = kinds
        self.owner = owner or this_owner()

    def take(self, held: Held = NOTHING_HELD) -> Job | None:
        """Lease the next row: small ones before originals, older before newer, each after the earlier ones of its capture
        and of the student's earlier captures. Originals that are `held` stay."""
        self._free_the_orphaned()
        while (row_id := self._next_id(held)) is not None:
            with self._ledger.session() as session:
                row = session.exec(select(OutboxRow).where(OutboxRow.id == row_id, _may_be_taken())).first()
                if row is None:
                    continue  # another worker was quicker
                row.state = DeliveryState.LEASED
                row.lease_owner, row.lease_until, row.boot_id = self.owner, boot_clock() + LEASE_S, boot_id()
                session.add(row)
                return Job(row_id, row.capture_id, row.kind, row.attempts, row.upload_url, row.last_error)
        return None

    def next_due_s(self, held: Held = NOTHING_HELD) -> float | None:
        """Seconds until a waiting row becomes due; None when nothing waits for time alone."""
        with self._ledger.reading() as session:
            due = session.exec(
                select(func.min(col(OutboxRow.due))).where(
                    OutboxRow.state == DeliveryState.PENDING,
                    OutboxRow.boot_id == boot_id(),
                    col(OutboxRow.kind).in_(self._kinds),
                    _EARLIER_ARE_DONE,
                    _is_free(held),
                )
            ).one()
        return None if due is None else max(0.0, due - boot_clock())

    def fresh_rows(self) -> tuple[int, int]:
        """Changes when a capture was accepted or a person let something be tried again: highest row, rows never tried."""
        with self._ledger.reading() as session:
            never_tried = case(
                (and_(col(OutboxRow.state) == DeliveryState.PENDING, col(OutboxRow.boot_id) == ""), 1), else_=0
            )
            newest, fresh = session.exec(
                select(func.coalesce(func.max(OutboxRow.id), 0), func.coalesce(func.sum(never_tried), 0))
            ).one()
        return int(newest or 0), int(fresh or 0)

    def renew(self, job: Job, *, upload_url: str | None = None) -> bool:
        """Hold on to a row for another while, and keep the upload's address with it; False when it was lost."""
        values: dict[str, Any] = {"lease_until": boot_clock() + LEASE_S}
        if upload_url is not None:
            values["upload_url"] = upload_url
        with self._ledger.session() as session:
            return self._change(session, job, values)

    def done(self, session: Session, job: Job) -> bool:
        """Within a transaction: delivered. False when the lease was lost (then somebody else delivers it)."""
        return self._change(session, job, {"state": DeliveryState.DONE, "last_error": None, **_FREE})

    def later(self, job: Job, delay_s: float, error: str, *, counted: bool = True) -> None:
        """Try again after `delay_s`; `counted` is False where the row itself was not at fault."""
        values = {
            "state": DeliveryState.PENDING,
            "due": boot_clock() + delay_s,
            "boot_id": boot_id(),
            "attempts": job.attempts + (1 if counted else 0),
            "last_error": error,
            **_FREE,
        }
        with self._ledger.session() as session:
            self._change(session, job, values)

    def put_back(self, job: Job) -> None:
        """Not finished, and nothing failed: due at once."""
        with self._ledger.session() as session:
            self._change(session, job, {"state": DeliveryState.PENDING, "due": 0.0, "boot_id": "", **_FREE})

    def park(self, job: Job, error: str) -> None:
        """Put aside until a person looks: trying again by itself is useless."""
        values = {"state": DeliveryState.PARKED, "attempts": job.attempts + 1, "last_error": error, **_FREE}
        with self._ledger.session() as session:
            self._change(session, job, values)

    def reopen(self, job: Job, kinds: Iterable[str]) -> None:
        """Deliver parts of this capture again that the platform lost."""
        with self._ledger.session() as session:
            session.execute(
                update(OutboxRow)
                .where(
                    col(OutboxRow.capture_id) == job.capture_id,
                    col(OutboxRow.kind).in_([DeliveryKind(kind) for kind in kinds]),
                    col(OutboxRow.state) == DeliveryState.DONE,
                )
                .values(state=DeliveryState.PENDING, due=0.0, boot_id="", upload_url=None)
            )

    def release(self) -> None:
        """Give back whatever this owner still holds, due at once: the process ends."""
        self._free([self.owner])

    def _free_the_orphaned(self) -> None:
        with self._ledger.reading() as session:
            leased = col(OutboxRow.state) == DeliveryState.LEASED
            owners = session.exec(select(col(OutboxRow.lease_owner)).where(leased).distinct()).all()
        gone = [owner for owner in owners if owner is not None and owner != self.owner and not is_alive(owner)]
        if gone:
            self._free(gone)

    def _free(self, owners: list[str]) -> None:
        with self._ledger.session() as session:
            session.execute(
                update(OutboxRow)
                .where(col(OutboxRow.state) == DeliveryState.LEASED, col(OutboxRow.lease_owner).in_(owners))
                .values(state=DeliveryState.PENDING, due=0.0, boot_id="", **_FREE)
            )

    def _next_id(self, held: Held) -> int | None:
        """Found without a lock: only what was found is then looked at again under one."""
        with self._ledger.reading() as session:
            for kind in self._kinds:
                query = select(OutboxRow.id).where(
                    OutboxRow.kind == kind, _may_be_taken(), _EARLIER_ARE_DONE, _is_free(held)
                )
                row_id = session.exec(query.order_by(col(OutboxRow.id)).limit(1)).first()
                if row_id is not None:
                    return row_id
        return None

    def _change(self, session: Session, job: Job, values: dict[str, Any]) -> bool:
        statement = (
            update(OutboxRow)
            .where(
                col(OutboxRow.id) == job.row_id,
                col(OutboxRow.state) == DeliveryState.LEASED,
                col(OutboxRow.lease_owner) == self.owner,
            )
            .values(**values)
        )
        result = session.execute(statement)
        return isinstance(result, CursorResult) and result.rowcount == 1


_FREE: dict[str, Any] = {"lease_owner": None, "lease_until": 0.0}


def _may_be_taken() -> ColumnElement[bool]:
    """Waiting and due, or leased for too long; a time of another boot is over."""
    now, another_boot = boot_clock(), col(OutboxRow.boot_id) != boot_id()
    due = and_(col(OutboxRow.state) == DeliveryState.PENDING, or_(another_boot, col(OutboxRow.due) <= now))
    overdue = and_(col(OutboxRow.state) == DeliveryState.LEASED, or_(another_boot, col(OutboxRow.lease_until) <= now))
    return or_(due, overdue)


def _earlier_are_done() -> ColumnElement[bool]:
    """Its capture's earlier parts are delivered, and such parts of the same student's earlier captures do not wait.

    (A parked one does not hold up the student's retake: it may take days until a person looks.)
    """
    own, mine, before, theirs = aliased(OutboxRow), aliased(CaptureRow), aliased(CaptureRow), aliased(OutboxRow)
    own_first = ~exists().where(
        col(own.capture_id) == col(OutboxRow.capture_id),
        col(own.rank) < col(OutboxRow.rank),
        col(own.state) != DeliveryState.DONE,
    )
    students_first = ~exists().where(
        col(mine.capture_id) == col(OutboxRow.capture_id),
        col(before.code_digest) == col(mine.code_digest),
        col(before.sequence) < col(mine.sequence),
        col(theirs.capture_id) == col(before.capture_id),
        col(theirs.rank) <= col(OutboxRow.rank),
        col(theirs.kind) != DeliveryKind.RECEIPT,
        col(theirs.state).in_([DeliveryState.PENDING, DeliveryState.LEASED]),
    )
    return and_(own_first, students_first)


_EARLIER_ARE_DONE = _earlier_are_done()  # built once: aliases cost more than the query


def _is_free(held: Held) -> ColumnElement[bool]:
    """Not an original that waits for another link."""
    if not held:
        return true()
    not_original = col(OutboxRow.kind) != DeliveryKind.ORIGINAL
    if held.every:
        return not_original
    of_held_plan = exists().where(
        col(CaptureRow.capture_id) == col(OutboxRow.capture_id), col(CaptureRow.plan_id).in_(held.plans)
    )
    return or_(not_original, ~of_held_plan)
