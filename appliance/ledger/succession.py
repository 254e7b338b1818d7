"""Which key signs the journal when: the present one announces the next, and the next one's first entry ends its time.

An announcement carries a signature by the next key over both, so that nobody can hang a journal of his own before a station's
entries. Cut off anywhere, a station goes on with one of the two; both are found here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ANNOUNCED, CHANGED = "station.key.announced", "station.key.changed"
_PURPOSE = b"capture-station next key 1 "


def announcement(present: Ed25519PrivateKey, following: Ed25519PrivateKey) -> dict[str, str]:
    """The body of the entry by which `present` names its successor; raw public keys in hex."""
    names = [raw(key.public_key()).hex() for key in (present, following)]
    return {"previous": names[0], "next": names[1], "proof": following.sign(_proven(*names)).hex()}


def raw(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_bytes_raw()


def first_of(body: str | None, key: Ed25519PublicKey) -> Ed25519PublicKey:
    """The key a journal begins with: the one that the first announcement's `body` names, else the station's `key`.

    Raises `InvalidSignature` when the body names none.
    """
    return key if body is None else _named(json.loads(body), "previous")


class Succession:
    """The keys along a journal, from its first entry."""

    def __init__(self, first: Ed25519PublicKey) -> None:
        self._present = first
        self._following: Ed25519PublicKey | None = None

    def take(self, event: str, body: str, digest: bytes, signature: bytes) -> None:
        """The next entry. Raises `InvalidSignature` when neither key signed it, or it announces a key without proof."""
        try:
            self._present.verify(signature, digest)
        except InvalidSignature:
            if self._following is None:
                raise
            self._following.verify(signature, digest)
            self._present, self._following = self._following, None
        if event == ANNOUNCED:
            self._following = self._announced(json.loads(body))

    def ends_with(self, key: Ed25519PublicKey) -> bool:
        """Whether `key` may sign the entry to come."""
        return raw(key) in {raw(known) for known in (self._present, self._following) if known is not None}

    def _announced(self, body: Mapping[str, Any]) -> Ed25519PublicKey:
        following = _named(body, "next")
        names = raw(self._present).hex(), raw(following).hex()
        try:
            following.verify(bytes.fromhex(body["proof"]), _proven(*names))
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidSignature from error
        return following


def _proven(previous: str, following: str) -> bytes:
    return _PURPOSE + f"{previous} {following}".encode()


def _named(body: Mapping[str, Any], name: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(body[name]))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidSignature from error
