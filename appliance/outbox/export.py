"""The queue on a USB stick, for a station without any network, and the receipts that come back."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import col, select

from appliance.ledger.errors import LedgerError
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow
from appliance.outbox.receipts import take_carried
from appliance.platform.answers import verified_receipt
from appliance.platform.archive import ListedCapture, write_archive
from appliance.platform.contract import Part
from appliance.platform.errors import PlatformError
from appliance.platform.identity import StationIdentity, key_as_jwk


@dataclass(frozen=True, slots=True)
class TakenReceipts:
    """What became of a file of receipts."""

    new: int
    known: int
    refused: tuple[str, ...]


def export_queue(ledger: Ledger, identity: StationIdentity, path: Path) -> int:
    """Write every capture without a receipt to `path`, whole or not at all; how many.

    The queue stays as it is: whichever way arrives first, ids make the other harmless.
    Raises `ArchiveError`, `LedgerError` for a damaged file, `OSError` for the stick.
    """
    with ledger.reading() as session:
        waiting = select(CaptureRow).where(col(CaptureRow.receipt).is_(None)).order_by(col(CaptureRow.accepted_at))
        rows = {row.capture_id: row for row in session.exec(waiting)}
    listed = [
        ListedCapture(
            capture_id=row.capture_id, record=row.record_sha256, photo=row.photo_sha256, original=row.original_sha256
        )
        for row in rows.values()
    ]

    def read(capture_id: str, part: Part) -> bytes:
        return rows[capture_id].record if part == "record" else ledger.vault.read(capture_id, part)

    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            count = write_archive(
                file,
                listed,
                read,
                station_id=identity.station_id,
                signing_key=key_as_jwk(identity.key),
                platform_key=identity.sealing_key,
                made_at=datetime.now(UTC),
            )
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count


def take_receipts(ledger: Ledger, identity: StationIdentity, path: Path) -> TakenReceipts:
    """Take the receipts that the platform wrote when it imported an archive. ValueError when the file is none."""
    try:
        tokens = [str(token) for token in json.loads(path.read_bytes())["receipts"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no file of receipts ({error!r})") from error
    new = known = 0
    refused: list[str] = []
    for token in tokens:
        try:
            if take_carried(ledger, verified_receipt(token, identity.signing_keys, identity.station_id)):
                new += 1
            else:
                known += 1
        except (PlatformError, LedgerError) as error:
            refused.append(str(error))
    return TakenReceipts(new, known, tuple(refused))
