"""Erasing captures from this station: after the platform's receipt for exactly these bytes, and after the plan's days.

Days are measured by the station's age (`age`), counted from the first look that found the receipt; so nothing is erased early,
whatever the clocks do. The journal keeps the proof: ids, digests, receipt.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from sqlmodel import col, exists, select

from appliance.ledger import erasure
from appliance.ledger.boot import boot_clock, boot_id
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryState, OutboxRow, RetentionRow
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

    def look(self) -> None:
        """Erase what may go, when it is time to look again and the platform has told the time."""
        if self._clock.offset_s is not None and boot_clock() >= self._due:
            self.step()
            self._due = boot_clock() + EVERY_S

    def step(self) -> list[str]:
        """Enter new receipts, erase captures whose days are over; their ids."""
        now = age.grow(self._ledger, age.Instant(boot_id(), boot_clock(), self._clock.now().timestamp(), self._wall()))
        self._enter(now)
        rules = known_plans(self._ledger) or {}
        over = []
        for capture_id, plan_id, since in self._kept():
            days = rules.get(plan_id, PlanRules()).retention_days
            if now - since >= max(days * _DAY_S, _LEAST_S) and self._is_proven(capture_id):
                over.append(capture_id)
        if not over:
            return []
        at = self._clock.now().isoformat(timespec="milliseconds")
        moment = Moment(at=at, clock_trusted=True, boot_id=boot_id())
        erased = erasure.erase_captures(self._ledger, moment, over, "retention")
        log.info("%d captures erased after their retention", len(erased))
        return erased

    def _enter(self, now: float) -> None:
        with self._ledger.session() as session:
            entered = exists().where(col(RetentionRow.capture_id) == col(CaptureRow.capture_id))
            new = select(CaptureRow.capture_id).where(col(CaptureRow.receipt).is_not(None), ~entered)
            session.add_all(RetentionRow(capture_id=capture_id, since_age_s=now) for capture_id in session.exec(new))

    def _kept(self) -> list[tuple[str, str, float]]:
        with self._ledger.reading() as session:
            query = select(CaptureRow.capture_id, CaptureRow.plan_id, RetentionRow.since_age_s).join(
                RetentionRow, col(RetentionRow.capture_id) == col(CaptureRow.capture_id)
            )
            return [(capture_id, plan_id, since) for capture_id, plan_id, since in session.exec(query)]

    def _is_proven(self, capture_id: str) -> bool:
        """The receipt is there, carries the digests of what this station has, and nothing of the capture is on its way."""
        with self._ledger.reading() as session:
            capture = session.get_one(CaptureRow, capture_id)
            on_its_way = select(OutboxRow.id).where(
                OutboxRow.capture_id == capture_id, OutboxRow.state != DeliveryState.DONE
            )
            if capture.receipt is None or session.exec(on_its_way).first() is not None:
                return False
        try:
            receipts.compare(SignedReceipt.model_validate_json(capture.receipt), capture)
        except ReceiptMismatch as error:
            log.error("capture %s stays on this station: %s", capture_id, error)
            return False
        return True
