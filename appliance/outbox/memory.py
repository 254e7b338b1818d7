"""Memory of originals that went up is the machine's again at once (glibc, mallopt(3)).

Left alone, glibc learns from the first freed original to keep such blocks, in a heap of each thread.
"""

from __future__ import annotations

import ctypes

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h
_LARGE = 256 * 1024
_HEAPS = 2


def keep_little() -> bool:
    """Call before threads are started. Whether the C library took it; another one than glibc does not know it."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _LARGE)) and bool(mallopt(_M_ARENA_MAX, _HEAPS))
