"""What a bundle says of itself: signed, and read with every limit before anything else is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .errors import BundleRefused
from .tarball import Entry, is_safe

FORMAT = 1
LARGEST_MANIFEST = 2_000_000  # bytes
LARGEST_BUNDLE = 2_000_000_000
MOST_MEMBERS = 5_000
_VERSION = re.compile(r"\d+(\.\d+){1,3}-[0-9a-f]{8}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Member:
    """One file: its path below the bundle's folder, its size in bytes and its sha256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`serial` grows with every release made from the same version number (seconds of its commit).

    `oldest` is the least version that can be brought to this one, `schema` the ledger's that it writes, `machines` the processors
    and `pythons` the versions (`3.11`) its wheels are for; `keys` are the publisher's keys from now on, when any are named.
    """

    version: str
    serial: int
    oldest: str
    schema: int
    machines: tuple[str, ...]
    pythons: tuple[str, ...]
    notes: Mapping[str, str]
    members: tuple[Member, ...]
    keys: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all members."""
        return sum(member.size for member in self.members)

    def document(self) -> bytes:
        """The bytes that are signed."""
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, sort_keys=True, indent=1).encode()


def manifest_in(document: bytes) -> Manifest:
    """The manifest that `document` is. Raises `BundleRefused`."""
    try:
        body: dict[str, Any] = json.loads(document)
        stated = body.pop("format")
        members = tuple(Member(**member) for member in body.pop("members"))
        lists: dict[str, Any] = {name: tuple(map(str, body.pop(name))) for name in ("machines", "pythons", "keys")}
        notes = _notes(body.pop("notes"))
        found = Manifest(**body, **lists, notes=notes, members=members)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _wrong(f"{type(error).__name__}: {error}") from error
    if stated != FORMAT:
        raise BundleRefused(
            f"更新包格式 {stated!r}，本机只认 {FORMAT}；请先安装中间版本",
            f"the bundle has form {stated!r}, this station knows {FORMAT}: install a version between first",
        )
    _check(found)
    return found


def _notes(notes: Mapping[str, str]) -> dict[str, str]:
    return {language: str(notes[language])[:4000] for language in ("zh", "en")}


def _check(manifest: Manifest) -> None:
    if not _VERSION.fullmatch(str(manifest.version)) or not re.fullmatch(r"\d+(\.\d+){1,3}", str(manifest.oldest)):
        raise _wrong(f"version {manifest.version!r}, from {manifest.oldest!r}")
    if not isinstance(manifest.serial, int) or not isinstance(manifest.schema, int):
        raise _wrong("serial and schema must be whole numbers")
    if len(manifest.members) > MOST_MEMBERS:
        raise _wrong(f"{len(manifest.members)} files, at most {MOST_MEMBERS}")
    for member in manifest.members:
        sound = isinstance(member.size, int) and member.size >= 0 and _SHA256.fullmatch(str(member.sha256))
        if not sound or not is_safe(str(member.name)):
            raise _wrong(f"member {str(member.name)[:80]!r}")
    names = [member.name.lower() for member in manifest.members]  # sticks and some cards do not tell case apart
    if len(set(names)) != len(names):
        raise _wrong("a name twice")
    if manifest.size > LARGEST_BUNDLE:
        raise BundleRefused(
            f"更新包展开后有 {manifest.size / 1e6:.0f} MB，最多 {LARGEST_BUNDLE / 1e6:.0f} MB",
            f"the bundle holds {manifest.size / 1e6:.0f} MB, at most {LARGEST_BUNDLE / 1e6:.0f} MB are taken",
        )


def expected(member: Member) -> Entry:
    """The entry that must stand before this member's bytes."""
    return Entry(member.name, member.size)


def _wrong(what: str) -> BundleRefused:
    return BundleRefused(f"更新包的清单有误：{what}", f"the bundle's manifest is wrong: {what}")
