"""The station's own keys: made on the first start, never leaving the data folder.

`keys/station.pem` is the Ed25519 key that signs journal and requests; `keys/ledger.key` is 32 random bytes from which
the keys of database, vault and digests are derived with HKDF-SHA256 (RFC 5869), one label each.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from appliance import board
from appliance.ledger import wiping
from appliance.ledger.errors import LedgerUnreadable
from appliance.ledger.files import make_directory, write_durably

STATION_FILE = "station.pem"
_KEY_BYTES = 32


class Keyring:
    """Keys under `data_dir/keys`, made when missing.

    `bound`: those that are made are bound to this board from their first byte on the card, where it has a secret: what once lay
    there plain can be read out of freed blocks. Raises `LedgerUnreadable` when a key file is there but is not a key.
    """

    def __init__(self, data_dir: Path, *, bound: bool = False) -> None:
        folder = data_dir / "keys"
        make_directory(folder)
        if wiping.is_revoked(data_dir):
            wiping.finish(data_dir)
            msg = (
                f"the platform revoked this station and its keys were wiped: what was captured in {data_dir} can be opened by the "
                "platform only (station platform recover). To use this machine again, move the folder away and enrol it anew"
            )
            raise LedgerUnreadable(msg)
        self._master = _load_or_make(folder / "ledger.key", lambda: secrets.token_bytes(_KEY_BYTES), bound)
        if len(self._master) != _KEY_BYTES:
            msg = (
                f"{folder / 'ledger.key'} holds {len(self._master)} bytes, not {_KEY_BYTES}: restore it from the backup"
            )
            raise LedgerUnreadable(msg)
        path = folder / STATION_FILE
        self.signing = signing_key(_load_or_make(path, new_signing_key, bound), path)

    def derive(self, label: str) -> bytes:
        """The 32-byte key for one purpose, such as `"database"` or `"vault"`."""
        return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=label.encode()).derive(self._master)

    def carried(self) -> dict[str, bytes]:
        """The key files' contents by name, for a backup that seals them to the site. Secret: never written as they are."""
        pem = self.signing.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {"ledger.key": self._master, STATION_FILE: pem}

    @property
    def public_bytes(self) -> bytes:
        """The raw 32 bytes of the station's public Ed25519 key."""
        return self.signing.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def signing_key(pem: bytes, path: Path) -> Ed25519PrivateKey:
    """The Ed25519 key in `pem`, which was read from `path`. Raises `LedgerUnreadable`."""
    try:
        signing = serialization.load_pem_private_key(pem, password=None)
    except ValueError as error:
        msg = f"{path} is no private key: restore it from the backup, or enrol the station anew"
        raise LedgerUnreadable(msg) from error
    if not isinstance(signing, Ed25519PrivateKey):
        msg = f"{path} is no Ed25519 key"
        raise LedgerUnreadable(msg)
    return signing


def new_signing_key() -> bytes:
    """A new Ed25519 key as PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _load_or_make(path: Path, make: Callable[[], bytes], bound: bool) -> bytes:
    if not path.exists():
        made = make()
        write_durably(path, (_bound(made, path) if bound else None) or made)
    return opened_file(path)


def opened_file(path: Path) -> bytes:
    """What a key file holds, bound to this board or plain. Raises `LedgerUnreadable`, `OSError`."""
    try:
        return board.unbound(path.read_bytes(), path.name, board.secrets_here())
    except board.WrongBoard as error:
        raise LedgerUnreadable(str(error)) from error


def bind_to_board(data_dir: Path) -> list[str]:
    """Bind the key files of a data folder to this board; the names of those that were plain before.

    They stay plain where a board has no secret. Each is proved to open before it is renamed over the other: at any moment there is
    one that opens. What was plain is overwritten where it lay, as far as the disk writes in place (a flash card need not).
    Raises `LedgerUnreadable`, `OSError`.
    """
    newly = []
    for name in ("ledger.key", STATION_FILE):
        path = data_dir / "keys" / name
        plain = path.read_bytes()
        bound = None if board.is_bound(plain) else _bound(plain, path)
        if bound is None:
            continue
        with path.open("r+b", buffering=0) as before:
            write_durably(path, bound)
            before.write(bytes(len(plain)))
            os.fsync(before.fileno())
        newly.append(name)
    return newly


def _bound(plain: bytes, path: Path) -> bytes | None:
    """`plain` bound to this board as the key file `path`, proved to open; `None` where the board has no secret."""
    bound = board.bind(plain, path.name, board.secrets_here())
    if bound is not None and board.unbound(bound, path.name, board.secrets_here()) != plain:
        msg = f"{path} could not be bound to this board: it stays as it is"
        raise LedgerUnreadable(msg)
    return bound
