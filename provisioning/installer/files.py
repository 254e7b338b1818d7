"""Files that are written whole or not at all, and blocks of ours inside files of others."""

from __future__ import annotations

import os
from pathlib import Path

BEGIN, END = "# --- capture station: begin ---", "# --- capture station: end ---"


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace `path` by `text`, durably: written beside it, fsynced, renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(mode)
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def same(path: Path, text: str) -> bool:
    """Whether `path` holds exactly `text`."""
    return path.is_file() and path.read_text(encoding="utf-8") == text


def owned(path: Path, user: str, group: str) -> bool:
    """Whether `path` is theirs: a run that was cut between making a folder and giving it away left it to root."""
    try:
        return path.owner() == user and path.group() == group
    except KeyError:  # a number without a name
        return False


def with_block(text: str, block: str) -> str:
    """`text` with our block at its end, in place of an older one; without one when `block` is empty."""
    head, begin, rest = text.partition(BEGIN)
    if begin:
        tail = rest.partition(END)[2].removeprefix("\n")
        text = head + tail
    if not block:
        return text
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}{BEGIN}\n{block.strip()}\n{END}\n"
