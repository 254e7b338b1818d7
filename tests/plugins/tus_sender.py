"""Sends one file by the station's tus client, in a process that may be killed: `tus_sender.py ADDRESS FILE STATE PIECE`.

The upload's address is kept in STATE, as the ledger would keep it. A line on standard output for each piece that arrived.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from appliance.ledger.files import write_durably
from appliance.outbox.tus import Original, PieceSize, TusUploader
from appliance.platform.client import PlatformClient
from appliance.platform.digests import sha256_hex
from appliance.platform.errors import PlatformError
from appliance.platform.identity import StationIdentity

CAPTURE_ID = "00000000-0000-4000-8000-000000000001"
_PATIENCE_S = 60.0


def identity_at(address: str) -> StationIdentity:
    """A station that nobody enrolled: servers of others look at no signature."""
    key = OKPKey.generate_key("Ed25519")
    return StationIdentity("st-1", "x", address, Ed25519PrivateKey.generate(), (key,), key)


def send(address: str, file: Path, state: Path, piece: int) -> None:
    data = file.read_bytes()
    original = Original(CAPTURE_ID, data, sha256_hex(data))
    end = time.monotonic() + _PATIENCE_S
    while True:
        path = state.read_text() if state.exists() else None
        with PlatformClient(identity_at(address), timeout=httpx2.Timeout(5.0)) as client:
            uploader = TusUploader(
                client, lambda begun: write_durably(state, begun.encode()), _say, PieceSize(piece, ceiling=piece)
            )
            try:
                uploader.upload(original, path)
            except PlatformError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return


def _say(offset: int, count: int) -> None:
    sys.stdout.write(f"{offset} {count}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    send(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
