"""Who writes journal entries: the device by its key, its software, the networks that judge on it.

An entry names the sha256 of this document instead of repeating it; the entry's own digest and signature hold both together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version

from sqlmodel import Session

from appliance.ledger.tables import MakerRow


@dataclass(frozen=True, slots=True)
class Maker:
    """`device` is the sha256 of the station's raw public Ed25519 key; `networks` maps a network's name to its file's sha256."""

    device: str
    version: str
    networks: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """Canonical JSON: one spelling for one value."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """What entries call it by."""
        return digest_of(self.body)

    def keep(self, session: Session) -> None:
        """Within the caller's transaction: readable for whoever reads the entries."""
        if session.get(MakerRow, self.digest) is None:
            session.add(MakerRow(digest=self.digest, body=self.body))


def digest_of(body: str) -> str:
    """SHA-256 of a kept maker document, hex."""
    return hashlib.sha256(body.encode()).hexdigest()


def this_software(public_key: bytes) -> Maker:
    """The device with this key and the software that runs, before it is known which networks judge."""
    try:
        installed = version("capture-station")
    except PackageNotFoundError:
        installed = "0+checkout"  # run from a checkout that was never installed
    return Maker(device=hashlib.sha256(public_key).hexdigest(), version=installed)
