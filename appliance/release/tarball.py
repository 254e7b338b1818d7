"""Reading and writing plain tar archives (POSIX ustar) of regular files, and of nothing else.

Archives come from strangers until their signature is checked: so there are no links, no long names, no sparse files, no folders
here, every size is bounded before it is believed, and what follows the last member must be nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .errors import BundleRefused

BLOCK = 512
LARGEST = 8**11 - 1  # bytes of a member: eleven octal digits
_NAME = re.compile(r"[A-Za-z0-9_@.+-][A-Za-z0-9_@.+ -]*(/[A-Za-z0-9_@.+-][A-Za-z0-9_@.+ -]*)*")
_LONGEST = 155 + 1 + 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A member: its name, and its size in bytes."""

    name: str
    size: int


def header(entry: Entry) -> bytes:
    """The block before a member. ValueError for a name or a size that does not fit."""
    prefix, name = _split(entry.name)
    if not is_safe(entry.name) or not 0 <= entry.size <= LARGEST:
        raise ValueError(f"{entry.name!r} of {entry.size} bytes does not fit into a bundle")
    fields = b"".join(
        (
            name.encode().ljust(100, b"\0"),
            b"0000644\0" + b"0000000\0" * 2,
            f"{entry.size:011o}\0".encode(),
            b"00000000000\0",  # no time: the same release is the same bytes
            b" " * 8,
            b"0" + bytes(100) + b"ustar\0" + b"00" + bytes(64) + b"0000000\0" * 2,
            prefix.encode().ljust(155, b"\0"),
        )
    ).ljust(BLOCK, b"\0")
    return fields[:148] + f"{sum(fields):06o}\0 ".encode() + fields[156:]


def padding(size: int) -> bytes:
    """What fills a member's last block."""
    return bytes(-size % BLOCK)


def entries(file: BinaryIO) -> Iterator[Entry]:
    """Each member's entry; `file` then stands at its first byte, and whoever iterates reads exactly its bytes and padding.

    Raises `BundleRefused` for anything but a regular file with a harmless name, and for bytes after the end.
    """
    while True:
        block = file.read(BLOCK)
        if not any(block):
            _nothing_more(file, block)
            return
        yield _entry(block)


def is_safe(name: str) -> bool:
    """Whether a name stays below the folder it is unpacked to, on any file system."""
    return len(name) <= _LONGEST and _NAME.fullmatch(name) is not None and not {".", ".."} & set(name.split("/"))


def _entry(block: bytes) -> Entry:
    if len(block) != BLOCK or block[257:263] != b"ustar\0":
        raise _damaged()
    try:
        stated = int(block[148:154], 8)
        size = int(block[124:135], 8)
        name = _text(block[0:100])
        prefix = _text(block[345:500])
    except (ValueError, UnicodeDecodeError) as error:
        raise _damaged() from error
    if stated != sum(block[:148]) + 8 * 32 + sum(block[156:]):
        raise _damaged()
    name = f"{prefix}/{name}" if prefix else name
    if block[156:157] != b"0" or not is_safe(name):
        raise BundleRefused(
            f"更新包里有不允许的内容（{name[:80]!r}），已拒绝",
            f"the bundle holds {name[:80]!r}, which is no plain file below its folder: refused",
        )
    return Entry(name, size)


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("ascii")


def _split(name: str) -> tuple[str, str]:
    """A name of more than 100 bytes is cut at a slash."""
    if len(name) <= 100:
        return "", name
    at = name.find("/", len(name) - 101)
    if at < 0 or at > 155:
        raise ValueError(f"{name!r} is too long for a bundle")
    return name[:at], name[at + 1 :]


def _nothing_more(file: BinaryIO, block: bytes) -> None:
    rest = file.read(BLOCK + 1)
    if len(block) != BLOCK or rest != bytes(BLOCK):
        raise _damaged()


def _damaged() -> BundleRefused:
    return BundleRefused(
        "更新包不完整或已损坏：请重新复制或下载", "the bundle is damaged or cut short: copy or download it again"
    )
