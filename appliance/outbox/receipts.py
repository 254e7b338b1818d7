"""Taking a receipt: only the platform's signed word, with all three digests equal to ours, ends a capture's delivery."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import Session, col

from appliance.ledger.boot import boot_id
from appliance.ledger.errors import CaptureMissing
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryState, OutboxRow
from appliance.platform.contract import SignedReceipt
from appliance.platform.digests import same_digest
from appliance.platform.errors import ReceiptMismatch


def compare(receipt: SignedReceipt, capture: CaptureRow) -> None:
    """Raises `ReceiptMismatch` unless the receipt carries the digests of what this station has."""
    pairs = {
        "record": (receipt.record_sha256, capture.record_sha256),
        "photo": (receipt.photo_sha256, capture.photo_sha256),
        "original": (receipt.original_sha256, capture.original_sha256),
    }
    for part, (theirs, ours) in pairs.items():
        if not same_digest(theirs, ours):
            raise ReceiptMismatch(f"the receipt's {part} is {theirs}, this station's is {ours}")


def keep(ledger: Ledger, session: Session, receipt: SignedReceipt, at: str) -> None:
    """Within a transaction: the capture is delivered, at the platform's time `at`; the journal says so."""
    row = session.get_one(CaptureRow, str(receipt.capture_id))
    row.receipt, row.received_at = receipt.model_dump_json(), at
    session.add(row)
    moment = Moment(at=at, clock_trusted=True, boot_id=boot_id())  # the platform has told the time
    body = {"capture_id": row.capture_id, "receipt_id": receipt.receipt_id}
    ledger.append(session, moment, "capture.receipted", visit_id=row.visit_id, body=body)


def take_carried(ledger: Ledger, receipt: SignedReceipt) -> bool:
    """Take a receipt that came on a stick, verified before; whether it was new. Raises `CaptureMissing`, `ReceiptMismatch`."""
    capture_id = str(receipt.capture_id)
    with ledger.session() as session:
        capture = session.get(CaptureRow, capture_id)
        if capture is None:
            raise CaptureMissing(f"capture {capture_id} is not of this station")
        compare(receipt, capture)
        if capture.receipt is not None:
            return False
        keep(ledger, session, receipt, receipt.stored_at.isoformat(timespec="milliseconds"))
        session.execute(
            update(OutboxRow)
            .where(col(OutboxRow.capture_id) == capture_id)
            .values(state=DeliveryState.DONE, lease_owner=None, lease_until=0.0, last_error=None)
        )
    return True
