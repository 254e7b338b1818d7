"""The queue on a USB stick, for a station without any network, and the receipts that come back on it."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import col, select

from appliance.ledger.errors import LedgerError
from appliance.ledger.files import fsync_directory
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow
from appliance.outbox.receipts import take_carried
from appliance.platform.answers import verified_receipt
from appliance.platform.archive import PARTS, SUFFIX, ListedCapture, write_archive
from appliance.platform.contract import Part
from appliance.platform.errors import PlatformError
from appliance.platform.identity import StationIdentity, key_as_jwk

LARGEST_VOLUME = 3_900_000_000  # bytes; sticks are sold with FAT32, whose files end at 4 GiB
_OVERHEAD = 4096  # of a capture in an archive: its line in the header, its frames
_MOST_RECEIPTS = 100_000_000  # bytes of a file of receipts: some hundred thousand of them


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: archives, captures, bytes."""

    files: tuple[Path, ...]
    captures: int
    bytes: int


@dataclass(frozen=True, slots=True)
class TakenReceipts:
    """What became of a file of receipts."""

    new: int
    known: int
    refused: tuple[str, ...]


def waiting_captures(ledger: Ledger) -> list[CaptureRow]:
    """Captures without a receipt, oldest first."""
    with ledger.reading() as session:
        waiting = select(CaptureRow).where(col(CaptureRow.receipt).is_(None)).order_by(col(CaptureRow.sequence))
        return list(session.exec(waiting))


def export_queue(
    ledger: Ledger,
    identity: StationIdentity,
    path: Path,
    *,
    volume_bytes: int = LARGEST_VOLUME,
    wrote: Callable[[str], None] = lambda _: None,
) -> Exported:
    """Write every capture without a receipt to `path`, each file of it whole or not at all.

    In a folder the file is named by station and time; what is more than `volume_bytes` goes on in `NAME-2` and so on, each an
    archive by itself. `wrote` hears the id of each capture written. The queue stays as it is: whichever way arrives first, ids
    make the other harmless. Raises `ArchiveError`, `LedgerError` for a damaged file, `OSError` for the stick.
    """
    rows = waiting_captures(ledger)
    first = path / f"{identity.station_id}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}" if path.is_dir() else path
    _refuse_if_too_full(first.parent, sum(map(_size, rows)))
    files: list[Path] = []
    for number, volume in enumerate(_volumes(rows, volume_bytes), start=1):
        file = first if number == 1 else first.with_name(f"{first.stem}-{number}{first.suffix}")
        _write(ledger, identity, file, volume, wrote)
        files.append(file)
    return Exported(tuple(files), len(rows), sum(file.stat().st_size for file in files))


def _volumes(rows: list[CaptureRow], volume_bytes: int) -> list[list[CaptureRow]]:
    """Captures in their order, a list a file; one at least, so that a stick shows that nothing waited."""
    volumes: list[list[CaptureRow]] = [[]]
    filled = 0
    for row in rows:
        if volumes[-1] and filled + _size(row) > volume_bytes:
            volumes.append([])
            filled = 0
        volumes[-1].append(row)
        filled += _size(row)
    return volumes


def _size(row: CaptureRow) -> int:
    return len(row.record) + row.photo_bytes + row.original_bytes + _OVERHEAD


def _refuse_if_too_full(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(
            errno.ENOSPC,
            f"U 盘空间不足：需要 {needed / 1e6:.0f} MB，只剩 {free / 1e6:.0f} MB，请清理或换一个 · the stick has "
            f"{free / 1e6:.0f} MB free, {needed / 1e6:.0f} MB are needed: clear it or take another",
        )


def _write(
    ledger: Ledger, identity: StationIdentity, path: Path, volume: list[CaptureRow], wrote: Callable[[str], None]
) -> None:
    rows = {row.capture_id: row for row in volume}
    listed = [
        ListedCapture(
            capture_id=row.capture_id, record=row.record_sha256, photo=row.photo_sha256, original=row.original_sha256
        )
        for row in volume
    ]

    def read(capture_id: str, part: Part) -> bytes:
        if part == PARTS[-1]:
            wrote(capture_id)
        return rows[capture_id].record if part == "record" else ledger.vault.read(capture_id, part)

    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            write_archive(
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
        fsync_directory(path.parent)  # sticks are pulled out
    finally:
        beside.unlink(missing_ok=True)


def take_receipts(ledger: Ledger, identity: StationIdentity, path: Path) -> TakenReceipts:
    """Take the receipts that the platform wrote when it imported an archive. ValueError when the file is none."""
    try:
        if not path.is_file():
            raise ValueError("it is a folder, a pipe or a device")
        if path.stat().st_size > _MOST_RECEIPTS:
            raise ValueError(f"it has {path.stat().st_size} bytes; receipts have {_MOST_RECEIPTS} at most")
        tokens = [str(token) for token in json.loads(path.read_bytes())["receipts"]]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no file of receipts ({type(error).__name__}: {error})") from error
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
