"""A backup onto another card: proven whole first, put beside, opened and checked, and only then put in place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from joserfc.jwk import OKPKey
from sqlmodel import select

from appliance.backup.copying import copy_file
from appliance.backup.errors import BackupRefused
from appliance.backup.manifest import FILE, Manifest, Secrets, opened
from appliance.ledger.errors import LedgerError
from appliance.ledger.files import fsync_directory, make_directory, write_durably
from appliance.ledger.journal import verify
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow
from appliance.ledger.vault import KINDS

BESIDE = ".restoring"
PLACED = ("keys", "vault", "rosters", "ledger.db")  # the ledger last: without it there is no station yet
_LOGS = ("ledger.db-wal", "ledger.db-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: captures, when the backup was made, the settings of then, and where the replaced data lies."""

    captures: int
    made_at: str
    settings: str
    replaced: Path | None


def restore(
    folder: Path,
    identity: OKPKey,
    data_dir: Path,
    *,
    discard_newer: bool = False,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Restored:
    """Put the backup in `folder` into `data_dir`, whose station must be stopped. What was there is laid aside, not erased.

    Raises `BackupRefused`, among others when the station has captures that the backup lacks and `discard_newer` is not said.
    """
    manifest, secrets = opened(folder / FILE, identity)
    beside = data_dir / BESIDE
    if beside.exists():
        shutil.rmtree(beside)
    make_directory(beside)
    try:
        _bring(folder, manifest, secrets, beside, progress)
        held = _prove(beside)
        if not discard_newer:
            _refuse_newer(data_dir, held)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    replaced = _place(beside, data_dir)
    return Restored(len(held), manifest.made_at, secrets.settings, replaced)


def _bring(
    folder: Path, manifest: Manifest, secrets: Secrets, beside: Path, progress: Callable[[int, int], None]
) -> None:
    for name in ("keys", "vault", "rosters"):
        make_directory(beside / name)
    for name, body in secrets.keys.items():
        write_durably(beside / "keys" / name, body)
    for done, (name, stated) in enumerate(manifest.files.items(), start=1):
        target = beside / ("ledger.db" if name == manifest.ledger else name)
        try:
            arrived = copy_file(folder / name, target)
        except OSError as error:
            raise BackupRefused(
                f"备份缺少 {name}：{error.strerror}", f"{name} is missing from the backup: {error}"
            ) from error
        target.chmod(0o600)
        if arrived != stated:
            raise BackupRefused(
                f"备份中的 {name} 与清单不符，已损坏；请用另一份备份",
                f"{name} is not what the manifest says, so it is damaged: take another backup",
            )
        progress(done, len(manifest.files))
    if not (beside / "ledger.db").is_file():
        raise BackupRefused("备份里没有账本", "the backup holds no ledger")


def _prove(beside: Path) -> set[str]:
    """Open it as a station would: every page, the journal's chain, every file. The captures in it."""
    try:
        ledger = Ledger(beside)
        try:
            with ledger.reading() as session:
                verify(session, ledger.keys.signing.public_key())
                captures = set(session.exec(select(CaptureRow.capture_id)))
            for capture_id in captures:
                for kind in KINDS:
                    if ledger.vault.has(capture_id, kind):
                        ledger.vault.read(capture_id, kind)
        finally:
            ledger.close()
    except (LedgerError, ValueError) as error:
        raise BackupRefused(f"备份打不开：{error}", f"the backup does not open: {error}") from error
    return captures


def _refuse_newer(data_dir: Path, held: set[str]) -> None:
    """A station that has captures which the backup lacks would lose them."""
    if not (data_dir / "ledger.db").is_file():
        return
    try:
        ledger = Ledger(data_dir)
    except LedgerError:
        return  # nobody can read it; it is laid aside as it is
    try:
        with ledger.reading() as session:
            here = set(session.exec(select(CaptureRow.capture_id)))
    finally:
        ledger.close()
    newer = len(here - held)
    if newer:
        raise BackupRefused(
            f"本机有 {newer} 个采集不在备份里，恢复会把它们换掉；请先上传（station queue），或确认后加 --discard-newer",
            f"{newer} captures of this station are not in the backup: deliver them first (station queue), or say "
            "--discard-newer",
        )


def _place(beside: Path, data_dir: Path) -> Path | None:
    """Lay aside what is there, put in place what was proven; what was laid aside, if anything."""
    aside = data_dir / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    there = [name for name in (*_LOGS, *reversed(PLACED)) if (data_dir / name).exists()]
    if there:
        make_directory(aside)
    for name in there:
        (data_dir / name).rename(aside / name)
    for name in PLACED:
        (beside / name).rename(data_dir / name)
    shutil.rmtree(beside)
    fsync_directory(data_dir)
    return aside if there else None
