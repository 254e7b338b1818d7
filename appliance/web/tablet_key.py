"""The key in a tablet's browser (ECDSA P-256, not extractable): with it a tablet proves that it is itself from a new address.

A cookie can be copied; this key cannot. The page keeps it in IndexedDB and signs what the station asks (`ui/tablet_key.js`).
"""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

_ASKED_FOR = 60.0  # seconds a question stands
_MOST = 64  # questions at a time
_SIGNED = b"station-tablet-proof\n"
_COORDINATE = 32  # bytes


class KeyUnusable(ValueError):
    """What a tablet sent as its key is no point of P-256."""


def checked(jwk: dict[str, str]) -> dict[str, str]:
    """The public key as it is kept. Raises `KeyUnusable`."""
    _public(jwk)
    return {"x": jwk["x"], "y": jwk["y"]}


def proves(jwk: dict[str, str], question: str, signature: str) -> bool:
    """Whether `signature` (base64url of r then s, as WebCrypto writes it) is that key's over `question`."""
    try:
        raw = _bytes(signature, 2 * _COORDINATE)
        der = encode_dss_signature(int.from_bytes(raw[:_COORDINATE]), int.from_bytes(raw[_COORDINATE:]))
        _public(jwk).verify(der, _SIGNED + question.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, KeyUnusable):
        return False
    return True


class Questions:
    """What each tablet that moved was asked to sign; each question is answered once."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, float] = OrderedDict()

    def ask(self, tablet: str) -> str:
        """A new question for the tablet of this id. Others that stand keep standing: a thief who asks does not spoil them."""
        with self._lock:
            question = secrets.token_urlsafe(24)
            self._asked[f"{tablet} {question}"] = self._monotonic() + _ASKED_FOR
            while len(self._asked) > _MOST:
                self._asked.popitem(last=False)
            return question

    def take(self, tablet: str, question: str) -> bool:
        """Whether that tablet was asked this, a short while ago and for the first time."""
        with self._lock:
            until = self._asked.pop(f"{tablet} {question}", None)
            return until is not None and self._monotonic() <= until


def _public(jwk: dict[str, str]) -> ec.EllipticCurvePublicKey:
    try:
        x, y = (int.from_bytes(_bytes(jwk[part], _COORDINATE)) for part in ("x", "y"))
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except (KeyError, ValueError) as error:
        raise KeyUnusable(f"not a public key on P-256: {error}") from error


def _bytes(text: str, length: int) -> bytes:
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise KeyUnusable(str(error)) from error
    if len(found) != length:
        raise KeyUnusable(f"{len(found)} bytes in place of {length}")
    return found
