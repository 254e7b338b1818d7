"""Captures: record, photo and original, each checked against the record's digests; when all three are durable, a receipt."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from joserfc.jwk import OKPKey
from pydantic import ValidationError
from sqlmodel import Session

from appliance.platform.contract import CaptureRecord, CaptureState, Part, Receipt, SignedReceipt
from appliance.platform.digests import sha256_hex
from appliance.platform.documents import RECEIPT_TYPE, sign_document
from appliance.platform.sealing import SealBroken, unseal

from .composition import Platform
from .events import tell
from .problems import Refusal
from .students import student_key
from .tables import CaptureRow, CaptureStudentRow


def put_record(platform: Platform, station_id: str, capture_id: str, body: bytes) -> tuple[CaptureState, bool]:
    """Keep a record byte for byte; whether it is new. The same bytes again change nothing, other bytes are refused."""
    record, payload = _read_record(body, platform.keys.sealing)
    if str(record.capture_id) != capture_id:
        raise Refusal("body-unreadable", f"the record is of capture {record.capture_id}, the address of {capture_id}")
    if record.station.station_id != station_id:
        raise Refusal("not-yours", f"the record names station {record.station.station_id}, {station_id} signed it")
    with platform.database.write(f"capture/{capture_id}") as session:
        row = session.get(CaptureRow, capture_id)
        if row is not None:
            if row.record_sha256 != sha256_hex(body):
                raise Refusal("other-record", f"capture {capture_id} has another record, {row.record_sha256[:12]}…")
            return state_of(row), False
        row = CaptureRow(
            capture_id=capture_id,
            station_id=station_id,
            plan_id=record.plan_id,
            record=body,
            record_sha256=sha256_hex(body),
            photo_sha256=record.photo.sha256,
            original_sha256=record.original.sha256,
            original_bytes=record.original.bytes,
            received_at=platform.stamp(),
        )
        session.add(row)
        session.merge(CaptureStudentRow(capture_id=capture_id, student_key=student_key(payload)))
    return state_of(row), True


def put_photo(platform: Platform, station_id: str, capture_id: str, photo: bytes) -> tuple[CaptureState, bool]:
    """Keep the standard photo; whether it is new. Refused unless its digest is the record's."""
    row = capture_of(platform, station_id, capture_id)
    if row is None:
        raise Refusal("parts-missing", f"no record of capture {capture_id} is here; send it first", missing=["record"])
    if sha256_hex(photo) != row.photo_sha256:
        raise Refusal("wrong-digest", f"the photo is {sha256_hex(photo)}, the record says {row.photo_sha256}")
    if row.photo_at is not None:
        return state_of(row), False
    platform.objects.put(photo_key(capture_id), [photo])
    with platform.database.write(f"capture/{capture_id}") as session:
        row = session.get_one(CaptureRow, capture_id)
        row.photo_at = row.photo_at or platform.stamp()
        settle(platform, session, row)
    return state_of(row), True


def keep_original(platform: Platform, capture_id: str, pieces: Iterable[bytes], sha256: str) -> None:
    """Keep a whole original whose digest was computed here from the bytes received."""
    platform.objects.put(original_key(capture_id), pieces)
    with platform.database.write(f"capture/{capture_id}") as session:
        row = session.get_one(CaptureRow, capture_id)
        if row.original_sha256 != sha256:
            raise Refusal("wrong-digest", f"the original is {sha256}, the record says {row.original_sha256}")
        row.original_at = row.original_at or platform.stamp()
        settle(platform, session, row)


def settle(platform: Platform, session: Session, row: CaptureRow) -> None:
    """Within a transaction: issue the receipt when every part is stored, once."""
    if row.photo_at is not None and row.original_at is not None and row.receipt_id is None:
        receipt = Receipt(
            receipt_id=f"rc-{uuid.uuid4().hex}",
            capture_id=uuid.UUID(row.capture_id),
            station_id=row.station_id,
            record_sha256=row.record_sha256,
            photo_sha256=row.photo_sha256,
            original_sha256=row.original_sha256,
            stored_at=platform.now(),
        )
        row.receipt_id = receipt.receipt_id
        row.stored_at = receipt.stored_at.isoformat(timespec="milliseconds")
        row.receipt_jws = sign_document(receipt.model_dump_json().encode(), platform.keys.signing, RECEIPT_TYPE)
        told = {"capture_id": row.capture_id, "receipt_id": row.receipt_id}
        tell(platform, session, row.station_id, "receipt-issued", told)
    session.add(row)


def read_state(platform: Platform, station_id: str, capture_id: str) -> CaptureState:
    """What is held of a capture."""
    return state_of(_known(platform, station_id, capture_id))


def read_receipt(platform: Platform, station_id: str, capture_id: str) -> SignedReceipt:
    """The receipt. Refused with the missing parts named while there is none."""
    row = _known(platform, station_id, capture_id)
    if row.receipt_jws is None:
        missing = state_of(row).missing
        raise Refusal("parts-missing", f"capture {capture_id} still lacks {', '.join(missing)}", missing=missing)
    return SignedReceipt.model_validate(
        {
            "receipt_id": row.receipt_id,
            "capture_id": row.capture_id,
            "station_id": row.station_id,
            "record_sha256": row.record_sha256,
            "photo_sha256": row.photo_sha256,
            "original_sha256": row.original_sha256,
            "stored_at": row.stored_at,
            "jws": row.receipt_jws,
        }
    )


def capture_of(platform: Platform, station_id: str, capture_id: str) -> CaptureRow | None:
    """A station's own capture, None when it is not known. Refuses another station's."""
    with platform.database.read() as session:
        row = session.get(CaptureRow, capture_id)
    if row is not None and row.station_id != station_id:
        raise Refusal("not-yours", f"capture {capture_id} belongs to another station")
    return row


def state_of(row: CaptureRow) -> CaptureState:
    """Which parts are stored, which are missing."""
    held: dict[Part, bool] = {
        "record": True,
        "photo": row.photo_at is not None,
        "original": row.original_at is not None,
    }
    return CaptureState(
        capture_id=uuid.UUID(row.capture_id),
        stored=[part for part, there in held.items() if there],
        missing=[part for part, there in held.items() if not there],
        receipt_id=row.receipt_id,
    )


def photo_key(capture_id: str) -> str:
    """Where a capture's standard photo lies in the object store."""
    return f"photos/{capture_id[:2]}/{capture_id}.jpg"


def original_key(capture_id: str) -> str:
    """Where a capture's original lies in the object store."""
    return f"originals/{capture_id[:2]}/{capture_id}"


def _known(platform: Platform, station_id: str, capture_id: str) -> CaptureRow:
    row = capture_of(platform, station_id, capture_id)
    if row is None:
        raise Refusal("unknown-capture", f"no capture {capture_id} is here", missing=["record"])
    return row


def _read_record(body: bytes, sealing_key: OKPKey) -> tuple[CaptureRecord, str]:
    try:
        record = CaptureRecord.model_validate_json(body, strict=True)
        payload = unseal(record.sealed_code, sealing_key)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refusal("body-unreadable", f"record: {where}: {first['msg']}") from error
    except SealBroken as error:
        raise Refusal("body-unreadable", f"record: sealed_code: {error}") from error
    return record, payload
