"""The station's clock: the system's, trusted as far as the kernel vouches for it.

chrony, systemd-timesyncd and ntpd all tell the kernel when the clock is synchronised; `adjtimex(2)` tells it on. A Pi
without network starts with the time of its last shutdown, which nothing vouches for.
"""

from __future__ import annotations

import ctypes
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from firmware.ports import ClockReading

log = logging.getLogger(__name__)

STA_UNSYNC = 0x0040  # <linux/timex.h>
TIME_ERROR = 5
TIMEX_BYTES = (
    256  # struct timex is 208 bytes on 64-bit and 128 on 32-bit machines; modes comes first, status after three longs
)


class _Timex(ctypes.Structure):
    """The head of `struct timex` of <sys/timex.h>, with room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("maximum_error", ctypes.c_long),
        ("estimated_error", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * TIMEX_BYTES),
    )


def kernel_synchronised() -> bool:
    """Whether the kernel holds its clock for synchronised; False where it cannot be asked."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return False
    reading = _Timex()  # modes 0: only read
    state = adjtimex(ctypes.byref(reading))
    return 0 <= state < TIME_ERROR and not reading.status & STA_UNSYNC


class SystemClock:
    """A `Clock` on the system's. `synchronised` says whether anything vouches for it; `boot_id` is the kernel's file."""

    BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

    def __init__(self, synchronised: Callable[[], bool] = kernel_synchronised, boot_id: Path = BOOT_ID) -> None:
        self._synchronised = synchronised
        try:
            self._boot_id = boot_id.read_text(encoding="ascii").strip()
        except OSError as error:
            # Without it, order across restarts is judged by this process's life alone: the safe side.
            self._boot_id = f"process-{time.time_ns():x}"
            log.warning("no boot id (%s); using %s", error, self._boot_id)

    def monotonic(self) -> float:
        """Seconds since an arbitrary start, never going back within one boot."""
        return time.monotonic()

    def read(self) -> ClockReading:
        """Date and time in UTC, with the trust it deserves."""
        return ClockReading(utc=datetime.now(UTC), trusted=self._synchronised(), boot_id=self._boot_id)
