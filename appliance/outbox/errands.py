"""What is asked of the platform besides captures: withdrawals and problem reports, kept until they are answered.

A row is written before anything is asked, so that neither a power cut nor a dead network loses a student's wish. The station
may try it at once; the delivery process takes whatever is left. Repeats are harmless: a report has an id of its own, and a
capture withdrawn twice is withdrawn.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Mapping
from typing import Any, Protocol

from sqlmodel import Session, and_, col, or_, select

from appliance.ledger.boot import boot_clock, boot_id
from appliance.ledger.changes import Changes
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryState, ErrandKind, ErrandRow
from appliance.outbox.backoff import Backoff
from appliance.outbox.events import keep_review
from appliance.platform.clock import PlatformClock
from appliance.platform.contract import ProblemReport, ReportReceived, Review, WithdrawalReason
from appliance.platform.errors import PlatformBusy, PlatformError, PlatformRefused, StationRevoked

log = logging.getLogger(__name__)

WAITS = Backoff(base_s=2.0, cap_s=900.0)
LOOK_S = 0.5
SETTLED = frozenset({"locked", "already-refused"})  # reviewed meanwhile: there is nothing left to take back
_NOT_THERE = 404  # the platform has not got the capture yet: its record goes first


class Calls(Protocol):
    """What of `PlatformClient` is used here."""

    clock: PlatformClock

    def withdraw(self, capture_id: str, reason: WithdrawalReason) -> Review:
        """Take a capture back."""
        ...

    def review(self, capture_id: str) -> Review:
        """How the review stands."""
        ...

    def report(self, report: ProblemReport) -> ReportReceived:
        """File a problem report."""
        ...


def add(
    session: Session, kind: ErrandKind, body: Mapping[str, Any], *, capture_id: str | None, at: str, hold_s: float
) -> ErrandRow:
    """Within the caller's transaction: an errand; the delivery process leaves it to the station for `hold_s`."""
    row = ErrandRow(
        errand_id=str(body.get("report_id") or uuid.uuid4()),
        kind=kind,
        capture_id=capture_id,
        body=json.dumps(dict(body), ensure_ascii=False),
        due=boot_clock() + hold_s,
        boot_id=boot_id(),
        made_at=at,
    )
    session.add(row)
    return row


class Errands:
    """The errands of one ledger, run over one client. Not thread-safe."""

    def __init__(self, ledger: Ledger, client: Calls) -> None:
        self._ledger = ledger
        self._client = client

    def run(self, stopping: threading.Event) -> None:
        """Run what is due until stopped; looks again when the ledger changed or a wait is over."""
        changes = Changes(self._ledger.engine)
        try:
            looked = float("-inf")
            while not stopping.is_set():
                if changes.since_last() or boot_clock() - looked >= WAITS.base_s:
                    looked = boot_clock()
                    while not stopping.is_set() and self.step():
                        continue
                stopping.wait(LOOK_S)
        finally:
            changes.close()

    def step(self) -> bool:
        """Try the oldest errand that is due; False when none is, or the platform does not answer."""
        row = self._next()
        if row is None:
            return False
        try:
            self.attempt(row)
        except (PlatformRefused, PlatformBusy) as error:
            log.warning("errand %s of capture %s: %s", row.kind, row.capture_id, error)
        except PlatformError as error:
            log.info("errand %s waits: %s", row.kind, error)
            return False
        return True

    def attempt(self, row: ErrandRow) -> None:
        """Ask the platform now and settle the row. Raises `PlatformError`; the row then waits, or is parked with the reason
        when that was said twice alike."""
        try:
            if row.kind is ErrandKind.WITHDRAWAL:
                self._withdraw(row)
            else:
                received = self._client.report(ProblemReport.model_validate_json(row.body))
                self._done(row, "report.received", {"report": str(received.report_id)}, None)
        except PlatformRefused as error:
            self._refused(row, error)
            raise
        except PlatformError as error:
            self._later(row, error)
            raise

    def _withdraw(self, row: ErrandRow) -> None:
        capture_id = row.capture_id or ""
        try:
            review = self._client.withdraw(capture_id, json.loads(row.body)["reason"])
        except PlatformRefused as error:
            if error.code in SETTLED:
                review = self._client.review(capture_id)
                self._done(row, "withdrawal.too-late", {"capture": capture_id}, review, error.code)
            raise
        self._done(row, "withdrawal.done", {"capture": capture_id}, review)

    def _next(self) -> ErrandRow | None:
        """A withdrawal waits until the platform has the capture: before that there is nothing to take back."""
        due = or_(col(ErrandRow.boot_id) != boot_id(), col(ErrandRow.due) <= boot_clock())
        ready = or_(col(ErrandRow.kind) != ErrandKind.WITHDRAWAL, col(CaptureRow.receipt).is_not(None))
        with self._ledger.reading() as session:
            return session.exec(
                select(ErrandRow)
                .join(CaptureRow, col(CaptureRow.capture_id) == col(ErrandRow.capture_id), isouter=True)
                .where(and_(col(ErrandRow.state) == DeliveryState.PENDING, due, ready))
                .order_by(col(ErrandRow.made_at))
                .limit(1)
            ).first()

    def _done(
        self, row: ErrandRow, event: str, body: dict[str, Any], review: Review | None, error: str | None = None
    ) -> None:
        """Answered: settled, journaled, and the review it brought applied, in one transaction."""
        moment = self._moment()
        with self._ledger.session() as session:
            kept = session.get(ErrandRow, row.errand_id)
            if kept is None or kept.state is DeliveryState.DONE:
                return  # somebody else was told the same
            kept.state, kept.answered_at, kept.last_error = DeliveryState.DONE, moment.at, error
            session.add(kept)
            self._ledger.append(session, moment, event, body=body)
            if review is not None:
                keep_review(self._ledger, session, review, moment)

    def _later(self, row: ErrandRow, error: PlatformError) -> None:
        asked = error.retry_after if isinstance(error, PlatformBusy) else None
        self._wait(row, error, WAITS.delay(row.attempts + 1, asked), DeliveryState.PENDING)

    def _refused(self, row: ErrandRow, error: PlatformRefused) -> None:
        if error.code in SETTLED:
            return
        garbled = row.last_error != str(error)  # a bad network garbles an answer once, hardly twice alike
        waits = garbled or isinstance(error, StationRevoked) or error.problem.status == _NOT_THERE
        state = DeliveryState.PENDING if waits else DeliveryState.PARKED
        self._wait(row, error, WAITS.delay(row.attempts + 1), state)

    def _wait(self, row: ErrandRow, error: PlatformError, delay_s: float, state: DeliveryState) -> None:
        with self._ledger.session() as session:
            kept = session.get(ErrandRow, row.errand_id)
            if kept is None or kept.state is DeliveryState.DONE:
                return
            kept.state, kept.attempts, kept.last_error = state, kept.attempts + 1, str(error)
            kept.due, kept.boot_id = boot_clock() + delay_s, boot_id()
            session.add(kept)

    def _moment(self) -> Moment:
        """The platform's time: it has just answered."""
        at = self._client.clock.now().isoformat(timespec="milliseconds")
        return Moment(at=at, clock_trusted=True, boot_id=boot_id())
