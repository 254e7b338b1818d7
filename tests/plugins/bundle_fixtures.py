"""Signed bundles of a few small files, whole or spoilt, for whoever verifies them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.release.bundle import write_bundle
from appliance.release.keys import key_id
from appliance.release.manifest import Manifest, Member
from appliance.release.tarball import BLOCK, Entry, header

FILES = {"source/pyproject.toml": b"[project]\n", "wheels/a-1.0-py3-none-any.whl": bytes(range(256)) * 5, "empty": b""}


class Publisher:
    """Somebody with a release key."""

    def __init__(self, seed: int = 1) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public = self.key.public_key().public_bytes_raw()

    @property
    def trusted(self) -> dict[str, bytes]:
        return {key_id(self.public): self.public}

    def signs(self, document: bytes) -> dict[str, str]:
        return {key_id(self.public): self.key.sign(document).hex()}


def manifest_of(files: Mapping[str, bytes] = FILES, **other: object) -> Manifest:
    members = tuple(Member(name, len(body), sha256(body).hexdigest()) for name, body in files.items())
    plain = Manifest(
        version="0.2.0-11112222",
        serial=10,
        oldest="0.1.0",
        schema=5,
        machines=(),
        pythons=(),
        notes={"zh": "更快", "en": "faster"},
        members=members,
    )
    return replace(plain, **other)  # type: ignore[arg-type]


def bundle_of(
    folder: Path, publisher: Publisher, manifest: Manifest | None = None, files: Mapping[str, bytes] = FILES
) -> bytes:
    """The bytes of a bundle whose members are `files`, whatever the manifest says of them."""
    manifest = manifest or manifest_of(files)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for number, (name, body) in enumerate(files.items()):
        paths[name] = folder / f"member-{number}"
        paths[name].write_bytes(body)
    file = io.BytesIO()
    write_bundle(file, manifest, publisher.signs(manifest.document()), paths)
    return file.getvalue()


def head_of(publisher: Publisher, manifest: Manifest) -> bytes:
    """A bundle that says `manifest`, rightly signed, and holds none of what it names."""
    document = manifest.document()
    signatures = json.dumps(publisher.signs(document)).encode()
    blocks = [
        header(Entry(name, len(body))) + body + bytes(-len(body) % BLOCK)
        for name, body in (("manifest.json", document), ("signatures.json", signatures))
    ]
    return b"".join(blocks) + bytes(2 * BLOCK)
