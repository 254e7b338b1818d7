"""Files from one card to another: copied, fsynced, renamed, and read once more from where they lie now."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from appliance.backup.errors import BackupRefused
from appliance.backup.manifest import BackedUpFile
from appliance.ledger.files import fsync_directory

_PIECE = 1 << 20


def described(path: Path) -> BackedUpFile:
    """Size and sha256 of a file as it lies there, read past the page cache where the system lets us. Raises `OSError`."""
    digest, size = sha256(), 0
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return BackedUpFile(size=size, sha256=digest.hexdigest())


def copy_file(source: Path, target: Path) -> BackedUpFile:
    """Copy `source` to `target`, durably, and compare what arrived. Raises `BackupRefused` when it differs, `OSError`."""
    beside = target.with_name(f".{target.name}.part")
    digest, size = sha256(), 0
    try:
        with source.open("rb") as reading, beside.open("wb") as writing:
            while piece := reading.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                writing.write(piece)
            writing.flush()
            os.fsync(writing.fileno())
        written = BackedUpFile(size=size, sha256=digest.hexdigest())
        if described(beside) != written:
            raise BackupRefused(
                f"{target.name} 写入后读回不一致：请换一个 U 盘或存储卡",
                f"{target.name} reads back differently from what was written: take another stick or card",
            )
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    fsync_directory(target.parent)
    return written
