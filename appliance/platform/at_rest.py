"""Rosters on disk, sealed with a key that only this station can derive from its own private key.

A roster is masked, but it lists a whole class; whoever finds the card must not read it. ChaCha20-Poly1305 (RFC 8439) under
HKDF-SHA256 of the station's Ed25519 key; the file's name is authenticated, so that files cannot be swapped.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .documents import DocumentForged

_NONCE_BYTES = 12
_MARK = b"sealed1\n"  # before it, rosters were kept as the platform signed them


def seal_file(key: Ed25519PrivateKey, name: str, content: bytes) -> bytes:
    """What is written to the file `name`."""
    nonce = os.urandom(_NONCE_BYTES)
    return _MARK + nonce + _cipher(key).encrypt(nonce, content, name.encode())


def open_file(key: Ed25519PrivateKey, name: str, sealed: bytes) -> bytes:
    """What `seal_file` was given; a file from before sealing as it is. Raises `DocumentForged` for one that was changed."""
    if not sealed.startswith(_MARK):
        return sealed
    body = sealed[len(_MARK) :]
    try:
        return _cipher(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], name.encode())
    except (InvalidTag, ValueError) as error:
        msg = f"{name} was not kept by this station, or was changed: it is fetched anew with the next connection"
        raise DocumentForged(msg) from error


def _cipher(key: Ed25519PrivateKey) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt=None, info=b"rosters at rest").derive(key.private_bytes_raw()))
