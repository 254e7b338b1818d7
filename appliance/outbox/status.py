"""What the operator sees of the queue, and the one thing they can do: let parked deliveries be tried again."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, func, select

from appliance.ledger.boot import boot_clock, boot_id
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryKind, DeliveryState, ErrandRow, LinkRow, OutboxRow
from appliance.outbox.controls import Controls
from appliance.outbox.link import SILENT_AFTER_S
from appliance.outbox.metered import Held, shown
from appliance.outbox.progress import read_progress
from appliance.outbox.wishes import AGAIN, count_parked, parked_wishes

NOT_RUNNING = "投递进程没有运行 · the delivery process is not running: station queue deliver"
_PARKED_SHOWN = 50


def queue_status(ledger: Ledger) -> dict[str, Any]:
    """Counts, bytes, the link to the platform, the last receipt, and what is parked with its reason: deliveries and wishes.

    `online` is None, and `last_error` says why, while the delivery process shows no sign of life.
    """
    controls = Controls.of(ledger)
    metered, held = shown(ledger)
    with ledger.reading() as session:
        total, receipted = session.exec(select(func.count(), func.count(col(CaptureRow.received_at)))).one()
        bytes_waiting = session.exec(
            select(func.coalesce(func.sum(OutboxRow.bytes), 0)).where(OutboxRow.state != DeliveryState.DONE)
        ).one()
        parked = session.exec(
            select(OutboxRow).where(OutboxRow.state == DeliveryState.PARKED).order_by(col(OutboxRow.id))
        ).all()
        online, last_error = _link(session)
        return {
            "waiting": total - receipted,
            "parked": len(parked) + count_parked(session),
            "receipted": receipted,
            "bytes_waiting": bytes_waiting,
            "online": online,
            "last_error": last_error,
            "last_receipt": _last_receipt(session),
            "progress": read_progress(ledger.data_dir),
            "paused": controls.paused,
            "pause_reason": controls.reason,
            "limit": controls.limit,
            "metered": metered,
            "originals": controls.originals or "plan",
            "originals_held": _held(session, held),
            "parked_items": [
                {
                    "id": row.id,
                    "capture_id": row.capture_id,
                    "kind": str(row.kind),
                    "error": row.last_error,
                    "attempts": row.attempts,
                }
                for row in parked[:_PARKED_SHOWN]
            ],
            "parked_wishes": [wish.facts for wish in parked_wishes(session)],
        }


def retry_parked(ledger: Ledger, row_id: int | None) -> bool:
    """Let one parked row, or with None every one and every parked errand, be tried again at once; whether there was any."""
    rows = update(OutboxRow).where(col(OutboxRow.state) == DeliveryState.PARKED).values(AGAIN)
    if row_id is not None:
        statements = [rows.where(col(OutboxRow.id) == row_id)]
    else:
        statements = [rows, update(ErrandRow).where(col(ErrandRow.state) == DeliveryState.PARKED).values(AGAIN)]
    with ledger.session() as session:
        results = [session.execute(statement) for statement in statements]
        return any(isinstance(result, CursorResult) and result.rowcount > 0 for result in results)


def _held(session: Session, held: Held) -> int:
    """How many originals wait for an unmetered link."""
    if not held:
        return 0
    query = (
        select(func.count())
        .select_from(OutboxRow)
        .join(CaptureRow, col(CaptureRow.capture_id) == col(OutboxRow.capture_id))
        .where(OutboxRow.kind == DeliveryKind.ORIGINAL, OutboxRow.state == DeliveryState.PENDING)
    )
    return session.exec(query if held.every else query.where(col(CaptureRow.plan_id).in_(held.plans))).one()


def _link(session: Session) -> tuple[bool | None, str | None]:
    row = session.get(LinkRow, 1)
    if row is None or row.boot_id != boot_id() or boot_clock() - row.beat > SILENT_AFTER_S:
        return None, NOT_RUNNING
    return row.online, row.last_error


def _last_receipt(session: Session) -> dict[str, Any] | None:
    row = session.exec(
        select(CaptureRow)
        .where(col(CaptureRow.received_at).is_not(None))
        .order_by(col(CaptureRow.received_at).desc())
        .limit(1)
    ).first()
    if row is None or row.receipt is None:
        return None
    return {
        "capture_id": row.capture_id,
        "receipt_id": json.loads(row.receipt)["receipt_id"],
        "at": row.received_at,
    }
