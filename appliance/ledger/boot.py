"""Time that survives neither a reboot nor a clock change: the boot clock and the id of the boot it belongs to."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path


@cache
def boot_id() -> str:
    """The kernel's id of this boot (random, anew at each)."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def boot_clock() -> float:
    """Seconds since boot, suspend included; shared by all processes of one boot."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
