"""Memory that a network's file no longer needs.

The runtime maps the file and packs its weights into memory of its own, in the order its kernels want. What it read for that stays
resident, 20 MB for our networks, though hardly any of it is looked at again. Given back, a page costs nothing; should it be wanted
after all, the kernel reads it from the file once more.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_MAPS = Path("/proc/self/maps")
_NOT_NEEDED = 4  # MADV_DONTNEED of Linux; of a mapping that nobody writes to, nothing is lost by it


def give_back(path: Path) -> int:
    """Give back the pages that this process holds of the file at `path`, mapped for reading only; how many bytes that is, 0 where
    the kernel does not list what is mapped."""
    try:
        maps = _MAPS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # another kernel, or a sandbox: then the pages stay, which costs memory and nothing else
        return 0
    library, size = ctypes.CDLL(None), 0
    library.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    name = os.path.realpath(path)
    for line in maps.splitlines():
        where, rights, *_, file = line.split(maxsplit=5)
        if file != name or "w" in rights:
            continue
        start, end = (int(edge, 16) for edge in where.split("-"))
        library.madvise(start, end - start, _NOT_NEEDED)
        size += end - start
    return size
