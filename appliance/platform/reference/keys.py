"""The platform's own keys, made at its first start: one signs rosters and receipts, one opens sealed capture codes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from joserfc.jwk import OKPKey

from appliance.platform.contract import Jwk
from appliance.platform.documents import public_jwk
from appliance.platform.identity import write_private


@dataclass(frozen=True, slots=True)
class PlatformKeys:
    """Private keys in memory: Ed25519 `signing`, X25519 `sealing`."""

    signing: OKPKey
    sealing: OKPKey

    @classmethod
    def at(cls, folder: Path) -> PlatformKeys:
        """The keys kept in `folder`, made when it has none."""
        return cls(_key(folder / "signing.json", "Ed25519"), _key(folder / "sealing.json", "X25519"))

    def public(self) -> tuple[Jwk, Jwk]:
        """Public halves: signing, sealing."""
        return Jwk.model_validate(public_jwk(self.signing)), Jwk.model_validate(public_jwk(self.sealing))


def _key(path: Path, curve: str) -> OKPKey:
    if not path.exists():
        made = OKPKey.generate_key(curve)  # type: ignore[arg-type]
        document = {**made.as_dict(private=True), "kid": made.thumbprint()}
        write_private(path, json.dumps(document).encode())
    return OKPKey.import_key(json.loads(path.read_bytes()))
