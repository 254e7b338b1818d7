"""What lamps promise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from firmware.ports.status import DeviceStatus


class LampLevel(StrEnum):
    """The three levels a lamp knows; what each means in drive is calibration."""

    OFF = "off"
    FRAMING = "framing"
    SHOT = "shot"


@dataclass(frozen=True, slots=True)
class LampDrive:
    """Drive of each lamp, 0 (dark) to 1 (full)."""

    left: float = 0.0
    right: float = 0.0
    background: float = 0.0


@runtime_checkable
class Lamps(Protocol):
    """Two key lamps and a background lamp. They are dark before `start()`, after `stop()`, and when the process dies."""

    def start(self) -> None:
        """Claim the pins, dark. Raises `DeviceUnavailable`."""
        ...

    def stop(self) -> None:
        """Dark, pins released."""
        ...

    def calibrate(self, level: LampLevel, drive: LampDrive) -> None:
        """Say what `level` means from now on. Raises `DeviceRefused` outside 0 to 1, or for a lit `OFF`."""
        ...

    def set_level(self, level: LampLevel) -> None:
        """Go to a level. Raises `DeviceUnavailable` before `start()`."""
        ...

    @property
    def level(self) -> LampLevel:
        """The level last asked for."""
        ...

    @property
    def drive(self) -> LampDrive:
        """What the lamps are driven with now."""
        ...

    def status(self) -> DeviceStatus:
        """How the lamps are doing now; never blocks."""
        ...
