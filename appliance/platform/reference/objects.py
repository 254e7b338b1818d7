"""Where files lie: a folder in which a name either holds all of its bytes, durably, or does not exist."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol


class ObjectStore(Protocol):
    """Named byte strings. `put` returns when they are durable; putting the same name again replaces it."""

    def put(self, key: str, pieces: Iterable[bytes]) -> None:
        """Store `pieces` joined, under `key`, whole or not at all."""

    def get(self, key: str) -> bytes:
        """All bytes of `key`. FileNotFoundError when it does not exist."""

    def delete(self, key: str) -> None:
        """Remove `key`; nothing happens when it does not exist."""

    def keys(self, folder: str, older_than_s: float = 0.0) -> Iterator[str]:
        """Names below `folder`, written at least `older_than_s` seconds ago."""


class FolderStore:
    """Objects as files: written beside, fsynced, renamed, folder fsynced."""

    def __init__(self, root: Path) -> None:
        self._root = root
        (root / ".partial").mkdir(parents=True, exist_ok=True)
        for left_over in list(self.keys(".partial", older_than_s=3600)):  # of a process killed while writing
            self.delete(left_over)

    def put(self, key: str, pieces: Iterable[bytes]) -> None:
        """Store `pieces` joined, under `key`, whole or not at all."""
        path = self._path(key)
        partial = self._root / ".partial" / secrets.token_hex(8)
        try:
            with partial.open("xb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        for folder in (path.parent, path.parent.parent):
            _sync_folder(folder)

    def get(self, key: str) -> bytes:
        """All bytes of `key`. FileNotFoundError when it does not exist."""
        return self._path(key).read_bytes()

    def delete(self, key: str) -> None:
        """Remove `key`; nothing happens when it does not exist."""
        self._path(key).unlink(missing_ok=True)

    def keys(self, folder: str, older_than_s: float = 0.0) -> Iterator[str]:
        """Names below `folder`, written at least `older_than_s` seconds ago."""
        newest = time.time() - older_than_s
        for path in sorted(self._path(folder).rglob("*")):
            if path.is_file() and path.stat().st_mtime <= newest:
                yield path.relative_to(self._root).as_posix()

    def _path(self, key: str) -> Path:
        path = self._root / key
        if ".." in path.parts or not path.is_relative_to(self._root):
            raise ValueError(f"object name {key!r} leaves the store")
        return path


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
