"""Making a backup while the station and its delivery go on: what is there already stays, what was erased goes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from joserfc.jwk import OKPKey
from sqlmodel import select

from appliance.backup.copying import copy_file, described
from appliance.backup.errors import BackupRefused
from appliance.backup.manifest import FILE, BackedUpFile, Manifest, Secrets, signed
from appliance.ledger.database import SCHEMA_VERSION, close_engine, plain_engine
from appliance.ledger.errors import LedgerUnreadable
from appliance.ledger.files import make_directory, write_durably
from appliance.ledger.snapshot import copy_ledger
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow
from appliance.ledger.vault import KINDS

FOLDER = "capture-station-backup"
LEAST_FREE = 50_000_000  # bytes that stay free on the stick

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup: where, how many captures, how many files were new, bytes of all."""

    folder: Path
    captures: int
    copied: int
    bytes: int


def make_backup(
    ledger: Ledger,
    target: Path,
    recipient: OKPKey,
    *,
    version: str,
    settings: str,
    progress: Progress = lambda *_: None,
) -> Made:
    """Bring the backup below `target` up to date; the old one holds until the new manifest stands.

    Raises `BackupRefused`, `LedgerError`, `OSError`.
    """
    folder = target / FOLDER / ledger.maker.device[:16]
    for place in (folder / "vault", folder / "rosters"):
        place.mkdir(parents=True, exist_ok=True)
    copied = _copy_vault(ledger, _captures(ledger), folder, progress)
    beside = ledger.data_dir / "backup"
    make_directory(beside)
    snapshot = beside / "ledger.db"
    copy_ledger(ledger.engine, snapshot)
    try:
        captures, sequence = _stands_at(ledger, snapshot)
        copied += _copy_vault(ledger, captures, folder, progress)  # what came between the two looks
        files = {f"ledger-{sequence}.db": copy_file(snapshot, folder / f"ledger-{sequence}.db")}
    finally:
        snapshot.unlink()
    files |= _vault_files(captures, folder)
    for roster in sorted((ledger.data_dir / "rosters").glob("*")):
        if roster.is_file():
            files[f"rosters/{roster.name}"] = copy_file(roster, folder / "rosters" / roster.name)
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=version,
        schema_number=SCHEMA_VERSION,
        sequence=sequence,
        captures=len(captures),
        files=files,
        sealed=Secrets(_keys(ledger), settings).sealed_to(recipient),
    )
    write_durably(folder / FILE, signed(manifest, ledger.keys.signing), mode=0o644)
    _forget_others(folder, set(files))
    return Made(folder, len(captures), copied, sum(file.size for file in files.values()))


def _captures(ledger: Ledger) -> list[str]:
    with ledger.reading() as session:
        return list(session.exec(select(CaptureRow.capture_id)))


def _stands_at(ledger: Ledger, snapshot: Path) -> tuple[list[str], int]:
    """Captures and newest journal entry of the copy itself. Raises `BackupRefused` when it is damaged."""
    engine = plain_engine(snapshot, ledger.keys.derive("database"))
    try:
        with engine.begin() as connection:
            sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            captures = [row[0] for row in connection.exec_driver_sql("SELECT capture_id FROM capture")]
            sequence = connection.exec_driver_sql("SELECT max(seq) FROM journal").scalar_one() or 0
    finally:
        close_engine(engine)
    for suffix in ("-wal", "-shm"):
        snapshot.with_name(snapshot.name + suffix).unlink(missing_ok=True)
    if sound != "ok":
        raise LedgerUnreadable(f"the ledger is damaged: {sound}; keep the backup that is there")
    return captures, sequence


def _copy_vault(ledger: Ledger, captures: list[str], folder: Path, progress: Progress) -> int:
    """Copy what is not there yet; how many files. What the station erased meanwhile is left out."""
    names = [f"{capture_id}.{kind}" for capture_id in captures for kind in KINDS]
    source = ledger.data_dir / "vault"
    wanted = [
        name for name in names if (source / name).is_file() and not _same_size(source / name, folder / "vault" / name)
    ]
    _refuse_if_too_full(folder, sum((source / name).stat().st_size for name in wanted), ledger)
    done = 0
    for done, name in enumerate(wanted, start=1):
        copy_file(source / name, folder / "vault" / name)
        progress(done, len(wanted))
    return done


def _same_size(source: Path, target: Path) -> bool:
    return target.is_file() and target.stat().st_size == source.stat().st_size


def _vault_files(captures: list[str], folder: Path) -> dict[str, BackedUpFile]:
    """Every file that the ledger's copy needs, read back from the stick."""
    found = {}
    for name in (f"{capture_id}.{kind}" for capture_id in captures for kind in KINDS):
        path = folder / "vault" / name
        if path.is_file():
            found[f"vault/{name}"] = described(path)
    return found


def _refuse_if_too_full(folder: Path, needed: int, ledger: Ledger) -> None:
    needed += (ledger.data_dir / "ledger.db").stat().st_size + LEAST_FREE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupRefused(
            f"备份位置空间不足：需要 {needed / 1e6:.0f} MB，只剩 {free / 1e6:.0f} MB，请清理或换一个",
            f"{needed / 1e6:.0f} MB are needed for the backup, {free / 1e6:.0f} MB are free: clear it or take another",
        )


def _keys(ledger: Ledger) -> dict[str, bytes]:
    keys = ledger.keys.carried()
    platform = ledger.data_dir / "keys/platform.json"
    return {**keys, "platform.json": platform.read_bytes()} if platform.is_file() else keys


def _forget_others(folder: Path, kept: set[str]) -> None:
    """What no longer belongs to the backup goes, the erased above all."""
    for path in [*folder.glob("ledger-*.db"), *(folder / "vault").iterdir(), *(folder / "rosters").iterdir()]:
        if path.relative_to(folder).as_posix() not in kept:
            path.unlink()
