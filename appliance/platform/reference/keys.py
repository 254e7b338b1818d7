"""The platform's own keys, made at its first start: one signs rosters and receipts, one opens sealed capture codes, one is shared
with the payment gateway, one opens the review desk."""

from __future__ import annotations

import fcntl
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.jwk import OKPKey

from appliance.platform.contract import Jwk
from appliance.platform.documents import public_jwk
from appliance.platform.identity import write_private


@dataclass(frozen=True, slots=True)
class PlatformKeys:
    """Private keys in memory: Ed25519 `signing`, X25519 `sealing`; `notices` (32 bytes) authenticates the payment gateway's
    notices, `desk` is the token people sign in with at the review desk, `metrics` a scraper's."""

    signing: OKPKey
    sealing: OKPKey
    notices: bytes = field(repr=False)
    desk: str = field(repr=False)
    metrics: str = field(repr=False)

    @classmethod
    def at(cls, folder: Path) -> PlatformKeys:
        """The keys kept in `folder`, made when it has none; processes that start at once make one set."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return cls(
                signing=_key(folder / "signing.json", "Ed25519"),
                sealing=_key(folder / "sealing.json", "X25519"),
                notices=bytes.fromhex(_secret(folder / "gateway-notices.secret", secrets.token_hex(32))),
                desk=_secret(folder / "desk.token", secrets.token_urlsafe(18)),
                metrics=_secret(folder / "metrics.token", secrets.token_urlsafe(18)),
            )

    def public(self) -> tuple[Jwk, Jwk]:
        """Public halves: signing, sealing."""
        return Jwk.model_validate(public_jwk(self.signing)), Jwk.model_validate(public_jwk(self.sealing))


def _secret(path: Path, made: str) -> str:
    if not path.exists():
        write_private(path, made.encode())
    return path.read_text().strip()


def _key(path: Path, curve: str) -> OKPKey:
    if not path.exists():
        made = OKPKey.generate_key(curve)  # type: ignore[arg-type]
        document = {**made.as_dict(private=True), "kid": made.thumbprint()}
        write_private(path, json.dumps(document).encode())
    return OKPKey.import_key(json.loads(path.read_bytes()))
