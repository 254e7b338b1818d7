"""Public keys of those whose releases a station installs: one line a file, `capture-station-release BASE64 NAME`.

Several may be there, so that a key can be changed: a release signed by the old one brings the new one (`Manifest.keys`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from .ed25519 import verified
from .errors import BundleRefused

FIRST_WORD = "capture-station-release"
SUFFIX = ".pub"


def key_id(public: bytes) -> str:
    """What signatures call a key by: the first 16 hex digits of its sha256."""
    return sha256(public).hexdigest()[:16]


def key_line(public: bytes, name: str) -> str:
    """The text of a key's file."""
    return f"{FIRST_WORD} {base64.b64encode(public).decode()} {name}\n"


def key_in(text: str) -> bytes:
    """The 32 bytes that a key's file names. Raises `ValueError`."""
    words = text.split()
    if len(words) < 2 or words[0] != FIRST_WORD:
        raise ValueError(f"this is no public key of releases: it must begin with `{FIRST_WORD}`")
    try:
        public = base64.b64decode(words[1], validate=True)
    except binascii.Error as error:
        raise ValueError("the key is no base64") from error
    if len(public) != 32:
        raise ValueError(f"the key has {len(public)} bytes, not 32")
    return public


def trusted_keys(folders: Iterable[Path]) -> dict[str, bytes]:
    """Every key in `folders`, by its id. A file that is none is left out: it vouches for nothing."""
    found = {}
    for path in (path for folder in folders if folder.is_dir() for path in sorted(folder.glob(f"*{SUFFIX}"))):
        try:
            public = key_in(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        found[key_id(public)] = public
    return found


def must_be_signed(message: bytes, signatures: Mapping[str, str], trusted: Mapping[str, bytes]) -> str:
    """The id of a trusted key that signed `message`; `signatures` maps ids to hex. Raises `BundleRefused`."""
    if not trusted:
        raise BundleRefused(
            "本机没有发布者的公钥，不能确认更新包的来源；请重新运行安装程序并带上 --release-key",
            "this station has no publisher's key, so no bundle can be believed: run install with --release-key",
        )
    for name, key in trusted.items():
        try:
            signature = bytes.fromhex(signatures.get(name, ""))
        except ValueError:
            continue
        if verified(key, message, signature):
            return name
    raise BundleRefused(
        f"更新包没有可信的签名（本机只认公钥 {'、'.join(trusted)}）；请向发布者索取原始文件",
        f"no trusted key signed this bundle (this station knows {', '.join(trusted)}): ask the publisher for the original",
    )
