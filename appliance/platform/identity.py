"""Who this station is to its platform: its Ed25519 key, its id, and the platform's public keys.

The key is made before enrolment and kept through it, so that an enrolment whose answer was lost can be repeated with the
same token. What the platform answered is kept as the note `enrolment`.

NotEnrolled(LookupError)   no such note yet: type `station platform enrol URL TOKEN`
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import OKPKey

from .contract import Enrolment
from .documents import public_jwk, public_key
from .notes import Notes

NOTE = "enrolment"


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

    def keep(self, notes: Notes) -> None:
        """Keep everything but the private key."""
        document = {
            "station_id": self.station_id,
            "name": self.name,
            "base_url": self.base_url,
            "signing_keys": [public_jwk(key) for key in self.signing_keys],
            "sealing_key": public_jwk(self.sealing_key),
        }
        notes.keep_note(NOTE, json.dumps(document, ensure_ascii=False))

    @classmethod
    def load(cls, notes: Notes, key: Ed25519PrivateKey) -> StationIdentity:
        """The identity kept in `notes`. Raises `NotEnrolled`; ValueError when the note is damaged."""
        text = notes.note(NOTE)
        if text is None:
            raise NotEnrolled("this station is not enrolled at a platform; type: station platform enrol URL TOKEN")
        try:
            document = json.loads(text)
            return cls(
                station_id=document["station_id"],
                name=document["name"],
                base_url=document["base_url"],
                key=key,
                signing_keys=tuple(public_key(jwk) for jwk in document["signing_keys"]),
                sealing_key=public_key(document["sealing_key"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"the kept enrolment is damaged ({error!r}); type: station platform enrol URL TOKEN"
            ) from error


def key_as_jwk(key: Ed25519PrivateKey) -> OKPKey:
    """The station's key in JOSE form (for its public JWK and thumbprint)."""
    return OKPKey.import_key(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
