"""Deleting a capture's files from this station: after the platform's receipt for exactly these bytes, and after the plan's days.

Days are measured by the station's age (`age`), counted from the first look that found the receipt; so nothing is deleted early,
whatever the clocks do. Entry and journal come first, the files after: a cut in between is finished at the next look. The
record and its receipt stay.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from sqlmodel import Session, col, exists, select

from appliance.ledger.boot import boot_clock, boot_id
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryState, OutboxRow, RetentionRow
from appliance.ledger.vault import KINDS
from appliance.outbox import age, receipts
from appliance.outbox.plans import PlanRules, known_plans
from appliance.platform.clock import PlatformClock
from appliance.platform.contract import SignedReceipt
from appliance.platform.errors import ReceiptMismatch

log = logging.getLogger(__name__)

EVERY_S = 600.0
_DAY_S = 86_400.0
_LEAST_S = 3_600.0  # a plan of no days at all: the visit may still be on the screen


class Retention:
    """Looks every `EVERY_S` when asked. `wall` is the station's own clock in seconds."""

    def __init__(self, ledger: Ledger, clock: PlatformClock, wall: Callable[[], float] = time.time) -> None:
        self._ledger = ledger
        self._clock = clock
        self._wall = wall
        self._due = 0.0
        self._finished = False

    def look(self) -> None:
        """Delete what may go, when it is time to look again and the platform has told the time."""
        if self._clock.offset_s is not None and boot_clock() >= self._due:
            self.step()
            self._due = boot_clock() + EVERY_S

    def step(self) -> list[str]:
        """Enter new receipts, delete the files of captures whose days are over; their ids."""
        if not self._finished:
            self._finish_deletions()
            self._finished = True
        now = age.grow(self._ledger, age.Instant(boot_id(), boot_clock(), self._clock.now().timestamp(), self._wall()))
        self._enter(now)
        rules = known_plans(self._ledger) or {}
        deleted = []
        for capture_id, plan_id, since in self._kept():
            days = rules.get(plan_id, PlanRules()).retention_days
            if now - since >= max(days * _DAY_S, _LEAST_S) and self._delete(capture_id):
                deleted.append(capture_id)
        return deleted

    def _enter(self, now: float) -> None:
        with self._ledger.session() as session:
            entered = exists().where(col(RetentionRow.capture_id) == col(CaptureRow.capture_id))
            new = select(CaptureRow.capture_id).where(col(CaptureRow.receipt).is_not(None), ~entered)
            session.add_all(RetentionRow(capture_id=capture_id, since_age_s=now) for capture_id in session.exec(new))

    def _kept(self) -> list[tuple[str, str, float]]:
        with self._ledger.reading() as session:
            query = (
                select(CaptureRow.capture_id, CaptureRow.plan_id, RetentionRow.since_age_s)
                .join(RetentionRow, col(RetentionRow.capture_id) == col(CaptureRow.capture_id))
                .where(col(RetentionRow.deleted_at).is_(None))
            )
            return [(capture_id, plan_id, since) for capture_id, plan_id, since in session.exec(query)]

    def _delete(self, capture_id: str) -> bool:
        at = self._clock.now().isoformat(timespec="milliseconds")
        with self._ledger.session() as session:
            capture = session.get_one(CaptureRow, capture_id)
            if not _is_proven(session, capture):
                return False
            session.get_one(RetentionRow, capture_id).deleted_at = at
            moment = Moment(at=at, clock_trusted=True, boot_id=boot_id())
            body = {"capture_id": capture_id, "files": list(KINDS)}
            self._ledger.append(session, moment, "capture.files_deleted", visit_id=capture.visit_id, body=body)
        self._ledger.vault.delete(capture_id)
        log.info("files of capture %s deleted after their retention", capture_id)
        return True

    def _finish_deletions(self) -> None:
        with self._ledger.reading() as session:
            deleted = session.exec(
                select(RetentionRow.capture_id).where(col(RetentionRow.deleted_at).is_not(None))
            ).all()
        for capture_id in deleted:
            if any(self._ledger.vault.has(capture_id, kind) for kind in KINDS):
                self._ledger.vault.delete(capture_id)


def _is_proven(session: Session, capture: CaptureRow) -> bool:
    """The receipt is there, carries the digests of what this station has, and nothing of the capture is on its way again."""
    if capture.receipt is None:
        return False
    try:
        receipts.compare(SignedReceipt.model_validate_json(capture.receipt), capture)
    except ReceiptMismatch as error:
        log.error("capture %s stays on this station: %s", capture.capture_id, error)
        return False
    on_its_way = select(OutboxRow.id).where(
        OutboxRow.capture_id == capture.capture_id, OutboxRow.state != DeliveryState.DONE
    )
    return session.exec(on_its_way).first() is None
