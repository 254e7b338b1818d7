"""Pictures at rest, encrypted: ChaCha20-Poly1305 (RFC 8439), which a Pi without AES instructions runs fastest.

A file is `nonce (12 bytes) || ciphertext || tag (16 bytes)`; capture id and kind are authenticated with it, so files cannot
be swapped for one another. The sha256 recorded elsewhere is of the plain bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from appliance.ledger.errors import CaptureMissing, FileDamaged
from appliance.ledger.files import fsync_directory, make_directory, write_durably

Kind = Literal["photo", "original"]
KINDS: tuple[Kind, ...] = ("photo", "original")
_NONCE_BYTES = 12


class Vault:
    """Encrypted files in `folder`, named `CAPTURE_ID.KIND`; `key` is 32 bytes."""

    def __init__(self, folder: Path, key: bytes) -> None:
        make_directory(folder)
        self._folder = folder
        self._cipher = ChaCha20Poly1305(key)

    def write(self, capture_id: str, kind: Kind, data: bytes) -> None:
        """Encrypt `data` and make it durable before returning. Raises `OSError` when the disk is full."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, data, _bound_to(capture_id, kind))
        write_durably(self._path(capture_id, kind), nonce + sealed)

    def read(self, capture_id: str, kind: Kind) -> bytes:
        """The plain bytes. Raises `CaptureMissing`, `FileDamaged`."""
        try:
            sealed = self._path(capture_id, kind).read_bytes()
        except FileNotFoundError as error:
            msg = f"the {kind} of capture {capture_id} is not on this station (deleted after its retention?)"
            raise CaptureMissing(msg) from error
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(capture_id, kind))
        except (InvalidTag, ValueError) as error:
            msg = f"the {kind} of capture {capture_id} is damaged on disk: check the card, restore from the backup"
            raise FileDamaged(msg) from error

    def has(self, capture_id: str, kind: Kind) -> bool:
        """Whether the file is there (not whether it is sound)."""
        return self._path(capture_id, kind).is_file()

    def delete(self, capture_id: str) -> None:
        """Remove every file of a capture; missing ones are no error."""
        for kind in KINDS:
            self._path(capture_id, kind).unlink(missing_ok=True)
        fsync_directory(self._folder)

    def sweep(self, known: Iterable[str]) -> list[str]:
        """Remove files that no row names (a cut between file and row) and return their names. Only the one writer may call it."""
        keep = {f"{capture_id}.{kind}" for capture_id in known for kind in KINDS}
        swept = sorted(path.name for path in self._folder.iterdir() if path.name not in keep)
        for name in swept:
            (self._folder / name).unlink()
        if swept:
            fsync_directory(self._folder)
        return swept

    def _path(self, capture_id: str, kind: Kind) -> Path:
        if not capture_id.replace("-", "").isalnum():
            msg = f"{capture_id!r} is no capture id"
            raise CaptureMissing(msg)
        return self._folder / f"{capture_id}.{kind}"


def _bound_to(capture_id: str, kind: Kind) -> bytes:
    return f"{capture_id}/{kind}".encode()
