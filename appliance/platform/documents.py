"""Documents signed by the platform (JWS, RFC 7515, compact): rosters and receipts.

The algorithm is named `Ed25519` (RFC 9864, the fully specified name of EdDSA over that curve); `typ` keeps a receipt from
being taken for a roster. Keys are looked up by `kid`, so that a platform can change keys without breaking its stations.

DocumentError(ValueError)
└── DocumentForged    signature wrong, key unknown, or of another type
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

_ALGORITHM = "Ed25519"

ROSTER_TYPE = "station-roster+json"
RECEIPT_TYPE = "station-receipt+json"
REVOCATION_TYPE = "station-revocation+json"
KEY_CHANGE_TYPE = "station-key-change+json"
HOLD_TYPE = "station-hold+json"


class DocumentError(ValueError):
    """A signed document cannot be used; the message says why and what to do."""


class DocumentForged(DocumentError):
    """The signature does not hold, the key is not known, or the document is of another type."""


def sign_document(body: bytes, key: OKPKey, typ: str) -> str:
    """Compact JWS over `body` with a private Ed25519 key; `kid` and `typ` go into the protected header."""
    header = {"alg": _ALGORITHM, "kid": key.kid or key.thumbprint(), "typ": typ}
    return jws.serialize_compact(header, body, key, algorithms=[_ALGORITHM])


def verify_document(token: str, keys: Iterable[OKPKey], typ: str) -> bytes:
    """The payload of a compact JWS signed by one of `keys`. Raises `DocumentForged`."""
    try:
        found = jws.deserialize_compact(token, KeySet(list(keys)), algorithms=[_ALGORITHM])
    except (JoseError, ValueError) as error:
        raise DocumentForged(
            f"signature does not hold ({error}); fetch the document again, and enrol again if it stays"
        ) from error
    if found.headers().get("typ") != typ:
        raise DocumentForged(f"document is a {found.headers().get('typ')!r}, expected {typ!r}")
    return found.payload


def public_key(jwk: dict[str, Any]) -> OKPKey:
    """An OKP public key from its JWK, with `kid` set to the RFC 7638 thumbprint when it has none. ValueError if it is none."""
    try:
        key = OKPKey.import_key(dict(jwk))
        return key if key.kid else OKPKey.import_key({**jwk, "kid": key.thumbprint()})
    except JoseError as error:
        raise ValueError(f"not an OKP public key: {error}") from error


def public_jwk(key: OKPKey) -> dict[str, str]:
    """The public half of a key as JWK with `kid`."""
    jwk = {name: str(value) for name, value in key.as_dict(private=False).items() if name in {"kty", "crv", "x"}}
    return {**jwk, "kid": key.kid or key.thumbprint()}
