"""What whoever has a disk finds on it: files, and what was freed and not written over."""

from __future__ import annotations

import mmap
import os
from pathlib import Path


def lying_on(disk: Path, wanted: dict[str, bytes]) -> set[str]:
    """Which of `wanted` lie anywhere on the disk, in files or in what was freed."""
    with disk.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        found, end = set(), os.fstat(file.fileno()).st_size
        at = 0
        while at < end:
            try:
                at = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:  # only holes from here on
                break
            hole = os.lseek(file.fileno(), at, os.SEEK_HOLE)
            found |= {name for name, bytes_ in wanted.items() if whole.find(bytes_, at, hole) >= 0}
            at = hole
    return found
