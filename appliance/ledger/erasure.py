"""Deletion that leaves the journal's proof and nothing of the person: after retention, and at a student's request.

Rows go in one transaction with an entry that names ids and digests; files go after it (what a power cut leaves of them has
no row any more, and is swept at the next start). Freed pages are overwritten (`secure_delete`); `compact` also empties what
the write-ahead log still holds. Files on a memory card may survive in its spare blocks; they are ciphertext there too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select

from appliance.ledger.database import ledger_tables
from appliance.ledger.journal import BY_ITSELF, Moment
from appliance.ledger.snapshot import forget_copies
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, ErrandRow, OutboxRow, RetentionRow, ReviewRow

Why = Literal["retention", "student-request"]
EVENT = "capture.erased"
_EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"


def erase_captures(
    ledger: Ledger, moment: Moment, capture_ids: Iterable[str], why: Why, *, operator: str = BY_ITSELF
) -> list[str]:
    """Erase captures, delivered or not (who may is the caller's business); the ids of those that were here."""
    with ledger.session() as session:
        erased = _erase(ledger, session, moment, capture_ids, why, operator)
    for capture_id in erased:
        ledger.vault.delete(capture_id)
    if erased:
        _pragma(ledger, _EMPTY_LOG)
    return erased


def erase_student(
    ledger: Ledger, moment: Moment, code_digests: Iterable[str], why: Why, *, operator: str = BY_ITSELF
) -> list[str]:
    """Erase everything kept under these digests of a code: captures, counted tries, orders; the ids of the captures."""
    digests = sorted(set(code_digests))
    with ledger.session() as session:
        found = session.exec(select(CaptureRow.capture_id).where(col(CaptureRow.code_digest).in_(digests))).all()
        erased = _erase(ledger, session, moment, found, why, operator)
        for table in ledger_tables():
            if "code_digest" in table.c and table.name != CaptureRow.__tablename__:
                session.execute(delete(table).where(table.c.code_digest.in_(digests)))
    for capture_id in erased:
        ledger.vault.delete(capture_id)
    return erased


def compact(ledger: Ledger) -> None:
    """Write the database anew without freed pages, and empty its write-ahead log. Takes a second per 50 MB or so.

    Another process that reads meanwhile keeps the log from being emptied; it is then emptied with the next call.
    """
    forget_copies(ledger.data_dir)  # whoever was erased stands in them too
    _pragma(ledger, _EMPTY_LOG, "VACUUM", _EMPTY_LOG)


def _pragma(ledger: Ledger, *statements: str) -> None:
    """Statements that cannot be in a transaction."""
    raw = ledger.engine.raw_connection()
    try:
        cursor = raw.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
    finally:
        raw.close()


def _erase(
    ledger: Ledger, session: Session, moment: Moment, capture_ids: Iterable[str], why: Why, operator: str
) -> list[str]:
    erased: list[str] = []
    for capture_id in capture_ids:
        row = session.get(CaptureRow, capture_id)
        if row is None:
            continue
        receipt = None if row.receipt is None else json.loads(row.receipt).get("receipt_id")
        proof = {
            "capture": capture_id,
            "why": why,
            "operator": operator,
            "record_sha256": row.record_sha256,
            "photo_sha256": row.photo_sha256,
            "original_sha256": row.original_sha256,
            "receipt": receipt,
        }
        ledger.append(session, moment, EVENT, visit_id=row.visit_id, body=proof)
        _delete_rows(session, capture_id)
        erased.append(capture_id)
    return erased


def _delete_rows(session: Session, capture_id: str) -> None:
    # Children before their parent.
    tables: tuple[type[SQLModel], ...] = (OutboxRow, ErrandRow, ReviewRow, RetentionRow, CaptureRow)
    for table in tables:
        session.execute(
            delete(table).where(SQLModel.metadata.tables[str(table.__tablename__)].c.capture_id == capture_id)
        )
    session.expire_all()
