"""The publisher's key pair: Ed25519, the private half in a PEM file that only its owner reads."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.release.keys import SUFFIX, key_line


def make_key(path: Path, name: str, passphrase: str | None) -> Path:
    """Write a new pair to `path` and `path`.pub; the public file. `FileExistsError` rather than overwrite a key."""
    key = Ed25519PrivateKey.generate()
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    public = path.with_name(path.name + SUFFIX)
    public.write_text(key_line(key.public_key().public_bytes_raw(), name), encoding="utf-8")
    return public


def load_key(path: Path, passphrase: str | None) -> Ed25519PrivateKey:
    """The private key at `path`. Raises `ValueError` when it is none, or the passphrase is wrong."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase.encode() if passphrase else None)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} is no Ed25519 key")
    return key
