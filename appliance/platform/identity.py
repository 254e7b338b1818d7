"""Who this station is to its platform: its Ed25519 key, its id, and the platform's public keys; two files in one folder.

`station.pem` (private key, mode 0600) is made before enrolment and kept through it, so that an enrolment whose answer was
lost can be repeated with the same token. `platform.json` is what the platform answered.

NotEnrolled(LookupError)   no platform.json yet: type `station platform enrol URL TOKEN`
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from joserfc.jwk import OKPKey

from appliance import board

from .contract import Enrolment
from .documents import public_jwk, public_key

KEY_FILE = "station.pem"
PLATFORM_FILE = "platform.json"


class NotEnrolled(LookupError):
    """This station has not been enrolled at a platform."""


@dataclass(frozen=True, slots=True)
class StationIdentity:
    """An enrolled station: what it signs with, where, and whom it believes."""

    station_id: str
    name: str
    base_url: str
    key: Ed25519PrivateKey
    signing_keys: tuple[OKPKey, ...]
    sealing_key: OKPKey

    @classmethod
    def from_enrolment(
        cls, enrolment: Enrolment, *, name: str, base_url: str, key: Ed25519PrivateKey
    ) -> StationIdentity:
        """Join the platform's answer with the station's own key. ValueError when a key in the answer is unusable."""
        return cls(
            station_id=enrolment.station_id,
            name=name,
            base_url=base_url.rstrip("/"),
            key=key,
            signing_keys=tuple(public_key(jwk.model_dump(exclude_none=True)) for jwk in enrolment.signing_keys),
            sealing_key=public_key(enrolment.sealing_key.model_dump(exclude_none=True)),
        )

    def save(self, folder: Path) -> None:
        """Write `platform.json` durably; the key file is already there (`station_key`)."""
        document = {
            "station_id": self.station_id,
            "name": self.name,
            "base_url": self.base_url,
            "signing_keys": [public_jwk(key) for key in self.signing_keys],
            "sealing_key": public_jwk(self.sealing_key),
        }
        write_private(folder / PLATFORM_FILE, json.dumps(document, ensure_ascii=False, indent=2).encode())

    @classmethod
    def load(cls, folder: Path) -> StationIdentity:
        """The identity kept in `folder`. Raises `NotEnrolled`; ValueError when a file is damaged."""
        path = folder / PLATFORM_FILE
        if not path.is_file():
            raise NotEnrolled(f"no {path}: this station is not enrolled; type: station platform enrol URL TOKEN")
        try:
            document = json.loads(path.read_bytes())
            return cls(
                station_id=document["station_id"],
                name=document["name"],
                base_url=document["base_url"],
                key=station_key(folder),
                signing_keys=tuple(public_key(jwk) for jwk in document["signing_keys"]),
                sealing_key=public_key(document["sealing_key"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is damaged ({error!r}); enrol again: station platform enrol URL TOKEN") from error


def station_key(folder: Path) -> Ed25519PrivateKey:
    """The station's private key, made at the first call. ValueError when the file holds no Ed25519 key."""
    path = folder / KEY_FILE
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pem = board.unbound(path.read_bytes(), path.name, board.secrets_here())  # ValueError on another board
    loaded = load_pem_private_key(pem, password=None)
    if not isinstance(loaded, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    return loaded


def key_as_jwk(key: Ed25519PrivateKey) -> OKPKey:
    """The station's key in JOSE form (for its public JWK and thumbprint)."""
    return OKPKey.import_key(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def write_private(path: Path, content: bytes) -> None:
    """Write a file only its owner can read: whole or not at all, durable when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
