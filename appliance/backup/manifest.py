"""What a backup says of itself: a JWS of the station; whoever can open the keys within can check who signed it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from appliance.backup.errors import BackupRefused
from appliance.platform.documents import DocumentError, sign_document, verify_document
from appliance.platform.identity import key_as_jwk
from appliance.platform.sealing import SealBroken, seal, unseal

FILE = "manifest.jws"
TYPE = "station-backup+json"
_LARGEST = 64_000_000  # bytes
_NAME = re.compile(r"ledger-\d+\.db|vault/[0-9A-Za-z-]+\.(photo|original)|rosters/[\w.-]+")


class BackedUpFile(BaseModel):
    """One file: size in bytes, sha256 in hex."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """`sequence` is the number of the newest journal entry, `sealed` (JWE) holds the station's keys and settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    made_at: str
    version: str
    schema_number: int
    sequence: int
    captures: int
    files: Mapping[str, BackedUpFile]
    sealed: str

    @property
    def ledger(self) -> str:
        """The name of its copy of the ledger."""
        return f"ledger-{self.sequence}.db"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is sealed: key files by name, and the settings file's text."""

    keys: Mapping[str, bytes]
    settings: str

    def sealed_to(self, recipient: OKPKey) -> str:
        """As one JWE."""
        keys = {name: base64.b64encode(body).decode() for name, body in self.keys.items()}
        return seal(json.dumps({"keys": keys, "settings": self.settings}), recipient, typ=TYPE)


def signed(manifest: Manifest, key: Ed25519PrivateKey) -> bytes:
    """The bytes of `manifest.jws`."""
    return sign_document(manifest.model_dump_json().encode(), key_as_jwk(key), TYPE).encode()


def opened(path: Path, identity: OKPKey) -> tuple[Manifest, Secrets]:
    """The manifest in `path` and its secrets, signature checked by the very station key within. Raises `BackupRefused`."""
    try:
        with path.open("rb") as file:
            token = file.read(_LARGEST).decode("ascii").strip()
        claimed = Manifest.model_validate_json(_payload(token))
        body: dict[str, Any] = json.loads(unseal(claimed.sealed, identity))
        secrets = Secrets({n: base64.b64decode(v) for n, v in body["keys"].items()}, str(body["settings"]))
        key = serialization.load_pem_private_key(secrets.keys["station.pem"], password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("no station key")
        manifest = Manifest.model_validate_json(verify_document(token, [key_as_jwk(key)], TYPE))
    except SealBroken as error:
        raise BackupRefused(
            "这把私钥打不开这个备份：请用制作备份时那把公钥对应的私钥",
            "this identity does not open the backup: take the one whose public half the station had",
        ) from error
    except (OSError, ValueError, KeyError, TypeError, ValidationError, DocumentError) as error:
        raise BackupRefused(
            f"{path} 不是完整的备份清单：{type(error).__name__}",
            f"{path} is no whole manifest of a backup ({type(error).__name__}): copy the backup again",
        ) from error
    strange = next((name for name in manifest.files if not _NAME.fullmatch(name)), None)
    if strange is not None or set(secrets.keys) - {"ledger.key", "station.pem", "platform.json"}:
        raise BackupRefused(
            f"备份里有不允许的文件名 {strange!r}", f"the backup names {strange!r}, which is none of its files"
        )
    return manifest, secrets


def _payload(token: str) -> bytes:
    payload = token.split(".")[1]
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
