"""The disk that holds a folder, and the battery-backed clock, as Linux tells them in sysfs.

SD cards (some), eMMC: `life_time`, two estimates in steps of 10 % (01h: up to 10 % used ... 0Bh: beyond), and `pre_eol_info`
(01h normal, 02h 80 % of the reserve used, 03h urgent); JEDEC JESD84-B51, EXT_CSD 267 to 269.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

RESET_BEFORE = 1_700_000_000  # seconds since 1970 (2023-11): an RTC that says less has lost its battery


@dataclass(frozen=True, slots=True)
class DiskReading:
    """Free and whole size in bytes; `worn_percent` and `end_of_life` (1 normal, 2 warning, 3 urgent) where the card tells."""

    free: int
    total: int
    worn_percent: float | None = None
    end_of_life: int | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class RtcReading:
    """Whether there is a battery-backed clock, and whether it has kept its time."""

    present: bool
    kept_time: bool | None = None


def read_disk(folder: Path, root: Path = Path("/")) -> DiskReading:
    """The disk under `folder`. Raises `OSError` when the folder is gone."""
    usage = shutil.disk_usage(folder)
    device = _device_of(folder, root)
    return DiskReading(
        free=usage.free,
        total=usage.total,
        worn_percent=None if device is None else _worn(device),
        end_of_life=None if device is None else _hex(device / "device/pre_eol_info"),
        read_only=bool(os.statvfs(folder).f_flag & os.ST_RDONLY),
    )


def read_rtc(root: Path = Path("/")) -> RtcReading:
    """The first real-time clock."""
    clock = root / "sys/class/rtc/rtc0"
    if not clock.exists():
        return RtcReading(present=False)
    try:
        return RtcReading(True, int((clock / "since_epoch").read_text(encoding="ascii")) >= RESET_BEFORE)
    except (OSError, ValueError):
        return RtcReading(True, None)


def _device_of(folder: Path, root: Path) -> Path | None:
    """`/sys/block/...` of the whole disk; None for file systems on no disk of their own."""
    number = folder.stat().st_dev
    place = root / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
    if not place.exists():
        return None
    device = place.resolve()
    return device.parent if (device / "partition").exists() else device


def _worn(device: Path) -> float | None:
    try:
        told = (device / "device/life_time").read_text(encoding="ascii").split()
        return max(int(word, 16) for word in told) * 10.0 if told else None
    except (OSError, ValueError):
        return None


def _hex(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"), 16)
    except (OSError, ValueError):
        return None
