"""The capture code sealed to the platform (JWE, RFC 7516): the station carries it, and cannot read it back.

ECDH-ES over X25519 with A256GCM: a fresh ephemeral key for every sealing, so equal codes seal to different texts.

SealBroken(ValueError)   not sealed to this key, or changed on the way
"""

from __future__ import annotations

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

_ALGORITHMS = ["ECDH-ES", "A256GCM"]


class SealBroken(ValueError):
    """The text is not sealed to this key, or was changed."""


def seal(payload: str, platform_key: OKPKey, *, typ: str = "capture-code") -> str:
    """Seal a capture code's payload, or another text named by `typ`, to the platform's public X25519 key; compact JWE."""
    header = {
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "kid": platform_key.kid or platform_key.thumbprint(),
        "typ": typ,
    }
    return jwe.encrypt_compact(header, payload.encode(), platform_key, algorithms=_ALGORITHMS)


def unseal(sealed: str, private_key: OKPKey) -> str:
    """The payload, with the platform's private X25519 key. Raises `SealBroken`."""
    try:
        opened = jwe.decrypt_compact(sealed, private_key, algorithms=_ALGORITHMS)
        return (opened.plaintext or b"").decode()
    except (JoseError, ValueError) as error:
        raise SealBroken(f"the sealed code cannot be opened with this key: {error}") from error
