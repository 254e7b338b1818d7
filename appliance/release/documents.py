"""Small JSON documents that survive a power cut: written beside, fsynced, renamed, directory fsynced."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

LARGEST = 64_000  # bytes; what is larger is none of ours


def write_document(path: Path, body: dict[str, Any], mode: int = 0o644) -> None:
    """Replace `path` by `body`. Raises `OSError`."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)  # never through somebody's link
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(body, file, ensure_ascii=False, separators=(",", ":"))
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def read_document(path: Path) -> dict[str, Any]:
    """The document at `path`; empty when it is missing, too large, a link or no JSON object: whoever wrote that is not believed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            body = json.loads(file.read(LARGEST + 1)[:LARGEST])
    except (OSError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def remove_document(path: Path) -> None:
    """Remove `path` for good; one that is not there is no error."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in `path` durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
