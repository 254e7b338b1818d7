"""A student takes a capture back while it is under review (F26): asked of the platform at once, queued when it is not reached."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx2
import structlog

from appliance.ledger.store import Ledger
from appliance.ledger.tables import DeliveryState, ErrandKind, ErrandRow
from appliance.outbox import errands
from appliance.outbox.errands import Calls, Errands
from appliance.platform.client import PlatformClient
from appliance.platform.contract import WithdrawalReason
from appliance.platform.errors import PlatformError, PlatformRefused
from appliance.platform.identity import NotEnrolled, StationIdentity
from appliance.visit.errors import Locked
from appliance.visit.keeper import moment_of
from appliance.visit.records import Record, Records
from firmware.ports import Clock

log = structlog.get_logger(__name__)

Connect = Callable[[], AbstractContextManager[Calls]]
SECONDS_FOR_AN_ANSWER = 4.0  # somebody waits before the screen; what takes longer is left to the delivery process
HOLD_S = 20.0  # the delivery process leaves a fresh errand alone so long; the station's own try is over by then


class Withdrawals:
    """Over one ledger. `connect` opens a client to the platform (raises `NotEnrolled`); its answers must come within seconds."""

    def __init__(self, ledger: Ledger, clock: Clock, connect: Connect) -> None:
        self._ledger = ledger
        self._clock = clock
        self._connect = connect
        self._records = Records(ledger)

    def withdraw(self, capture_id: str, reason: WithdrawalReason, *, operator: str) -> Record:
        """The record afterwards: withdrawn, or with its withdrawal queued. Asked again, it changes nothing.

        Raises `CaptureMissing`, `Locked` once the platform accepted it or refused it.
        """
        record = self._records.get(capture_id)
        _refuse_if_settled(record)
        if record.state == "withdrawn" or record.withdrawal == "queued":
            return record
        row = self._ask(record, reason, operator)
        if record.receipt_id is not None:
            self._try_now(row)
        record = self._records.get(capture_id)
        _refuse_if_settled(record)
        return record

    def _ask(self, record: Record, reason: WithdrawalReason, operator: str) -> ErrandRow:
        moment = moment_of(self._clock.read())
        body = {"reason": reason}
        with self._ledger.session() as session:
            row = errands.add(
                session,
                ErrandKind.WITHDRAWAL,
                body,
                capture_id=record.capture_id,
                at=moment.at,
                hold_s=0.0 if record.receipt_id is None else HOLD_S,
            )
            told = {"capture": record.capture_id, "reason": reason, "operator": operator}
            self._ledger.append(session, moment, "withdrawal.asked", visit_id=record.visit_id, body=told)
        return row

    def _try_now(self, row: ErrandRow) -> None:
        try:
            with self._connect() as client:
                Errands(self._ledger, client).attempt(row)
        except PlatformRefused as error:
            log.info("withdrawal.refused", capture=row.capture_id, code=error.code)  # settled in the ledger
        except (PlatformError, NotEnrolled, OSError) as error:
            log.info("withdrawal.queued", capture=row.capture_id, error=str(error))
            with self._ledger.session() as session:
                kept = session.get(ErrandRow, row.errand_id)
                if kept is not None and kept.state is DeliveryState.PENDING:
                    kept.due = 0.0
                    session.add(kept)


def _refuse_if_settled(record: Record) -> None:
    if record.state == "accepted":
        raise Locked(
            "平台已审核通过，照片已锁定，不能撤回；如有疑问请联系客服",
            "the platform accepted this photo: it is locked and cannot be withdrawn; turn to customer service",
            state=record.state,
        )
    if record.state == "refused":
        raise Locked(
            "平台已退回这张照片，无需撤回，请直接重拍",
            "the platform refused this photo: there is nothing to withdraw, take another",
            state=record.state,
        )


def quick_client(keys: Path) -> PlatformClient:
    """A client of the station whose keys lie in `keys`, for one question that somebody waits for. Raises `NotEnrolled`."""
    return PlatformClient(StationIdentity.load(keys), timeout=httpx2.Timeout(SECONDS_FOR_AN_ANSWER))
