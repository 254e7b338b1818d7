"""Copies of the ledger as it stood at one moment, encrypted like itself, made while both processes go on writing.

`VACUUM INTO` reads one snapshot and writes a whole new database with the same key; what was erased is not in it.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Engine

from appliance.ledger.files import fsync_directory, make_directory

ASIDE = "before-update"


def copy_ledger(engine: Engine, target: Path) -> None:
    """Write a copy of the ledger to `target`, durably; what was there is replaced. Raises `OSError`, `DatabaseError`."""
    beside = target.with_name(f".{target.name}.part")
    beside.unlink(missing_ok=True)
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(beside),))
    finally:
        raw.close()
    beside.chmod(0o600)
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    beside.replace(target)
    fsync_directory(target.parent)


def lay_aside(engine: Engine, path: Path, schema: int) -> None:
    """Keep a copy of the ledger before it is led to another schema; the one made first stays."""
    target = path.parent / ASIDE / f"ledger-{schema}.db"
    if not target.exists():
        make_directory(target.parent)
        copy_ledger(engine, target)


def forget_copies(data_dir: Path) -> int:
    """Remove every copy that was laid aside, since somebody in it was forgotten or the update holds; how many."""
    found = sorted((data_dir / ASIDE).glob("*.db")) if (data_dir / ASIDE).is_dir() else []
    for path in found:
        path.unlink()
    if found:
        fsync_directory(data_dir / ASIDE)
    return len(found)
