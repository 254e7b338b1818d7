"""The station's next signing key on disk, beside the present one until it has taken over.

`keys/station.next.pem` is bound to the board where `station.pem` is. A bound file opens under its own name only: taking over is one
durable write of `station.pem`, never a renaming: at any moment that file is one of the two keys, whole.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance import board
from appliance.ledger.errors import LedgerUnreadable
from appliance.ledger.files import fsync_directory, write_durably
from appliance.ledger.keyring import STATION_FILE, new_signing_key, opened_file, signing_key

NEXT_FILE = "station.next.pem"


def pending(data_dir: Path) -> Ed25519PrivateKey | None:
    """The next key, where one was made. Raises `LedgerUnreadable`."""
    path = data_dir / "keys" / NEXT_FILE
    return signing_key(opened_file(path), path) if path.exists() else None


def prepare(data_dir: Path) -> Ed25519PrivateKey:
    """The next key, made when there is none, durable when this returns. Raises `LedgerUnreadable`, `OSError`."""
    found = pending(data_dir)
    if found is not None:
        return found
    pem, path = new_signing_key(), data_dir / "keys" / NEXT_FILE
    write_durably(path, _as_present(data_dir, pem, NEXT_FILE))
    return signing_key(opened_file(path), path)


def take_over(data_dir: Path) -> None:
    """From now on the next key is the station's. Raises `LedgerUnreadable`, `OSError`."""
    keys = data_dir / "keys"
    write_durably(keys / STATION_FILE, _as_present(data_dir, opened_file(keys / NEXT_FILE), STATION_FILE))


def forget(data_dir: Path) -> None:
    """The next key's file goes: it took over, or it may not."""
    path = data_dir / "keys" / NEXT_FILE
    path.unlink(missing_ok=True)
    fsync_directory(path.parent)


def _as_present(data_dir: Path, pem: bytes, name: str) -> bytes:
    """`pem` as it is kept under `name`: bound to the board exactly where the present key is."""
    if not board.is_bound((data_dir / "keys" / STATION_FILE).read_bytes()):
        return pem
    bound = board.bind(pem, name, board.secrets_here())
    if bound is None or board.unbound(bound, name, board.secrets_here()) != pem:
        msg = f"{name} could not be bound to this board: the present key stays"
        raise LedgerUnreadable(msg)
    return bound
