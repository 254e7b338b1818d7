"""Lamps on the kernel's PWM channels (`/sys/class/pwm`): timed by hardware, free of jitter, no library needed.

A Pi 4 has two channels (GPIO 12 or 18, and 13 or 19), a Pi 5 four; the overlay that routes them to pins is
provisioning's. Unlike a GPIO line, a channel goes on when its process dies: the service runs
`darken` after every end (`ExecStopPost`).
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from firmware.claim import Claim
from firmware.lamps.driven import DrivenLamps, Limits
from firmware.ports import DeviceUnavailable, LampDrive

PWM_ROOT = Path("/sys/class/pwm")
APPEARS_WITHIN = 1.0  # seconds until udev has given a channel its owner


@dataclass(frozen=True, slots=True)
class LampChannels:
    """(chip, channel) of each lamp, as in `/sys/class/pwm/pwmchip0/pwm1`; None where there is no such lamp."""

    left: tuple[int, int] | None = (0, 0)
    right: tuple[int, int] | None = (0, 1)
    background: tuple[int, int] | None = None


class KernelPwmOutput:
    """PWM channels below `root`."""

    def __init__(self, channels: LampChannels, frequency: float = 2000.0, root: Path = PWM_ROOT) -> None:
        self._channels = channels
        self._period = round(1e9 / frequency)  # nanoseconds
        self._root = root
        self._opened: dict[str, Path] = {}
        self._claims: list[Claim] = []

    def open(self) -> None:
        """Claim the channels, dark. Raises `DeviceUnavailable`."""
        for lamp in fields(self._channels):
            place = getattr(self._channels, lamp.name)
            if place is None:
                continue
            try:
                folder = _exported(self._root, *place)
                self._claims.append(Claim(folder, f"lamps ({lamp.name})"))
                self._opened[lamp.name] = folder
                _write(folder / "duty_cycle", 0)  # before the period: the kernel refuses a duty longer than the period
                _write(folder / "period", self._period)
                _write(folder / "enable", 1)
            except OSError as error:
                raise DeviceUnavailable(
                    f"lamps: PWM channel {place[1]} of chip {place[0]} ({lamp.name}) cannot be had: {error}; "
                    "is the pwm overlay in config.txt, and may this user write /sys/class/pwm?"
                ) from error

    def drive(self, drive: LampDrive) -> None:
        """Duty cycles, each 0 to 1."""
        for name, folder in self._opened.items():
            _write(folder / "duty_cycle", round(getattr(drive, name) * self._period))

    def close(self) -> None:
        """Dark, channels released."""
        try:
            while self._opened:
                _, folder = self._opened.popitem()
                _write(folder / "duty_cycle", 0)
                _write(folder / "enable", 0)
                _write(folder.parent / "unexport", int(folder.name.removeprefix("pwm")))
        finally:
            while self._claims:
                self._claims.pop().release()


class KernelPwmLamps(DrivenLamps):
    """`Lamps` on the kernel's PWM channels."""

    def __init__(
        self,
        channels: LampChannels | None = None,
        frequency: float = 2000.0,
        name: str = "lamps",
        limits: Limits | None = None,
        temperature: Callable[[], float | None] = lambda: None,
        root: Path = PWM_ROOT,
    ) -> None:
        super().__init__(KernelPwmOutput(channels or LampChannels(), frequency, root), name, limits, temperature)


def darken(root: Path = PWM_ROOT) -> None:
    """Make every channel dark that was handed to programs: on a station they are all lamps, whichever the settings name."""
    for folder in root.glob("pwmchip*/pwm[0-9]*"):
        with contextlib.suppress(OSError):  # one that is gone or not ours; the others still go dark
            _write(folder / "duty_cycle", 0)
            _write(folder / "enable", 0)


def _exported(root: Path, chip: int, channel: int) -> Path:
    folder = root / f"pwmchip{chip}" / f"pwm{channel}"
    if not folder.is_dir():
        _write(folder.parent / "export", channel)
    end = time.monotonic() + APPEARS_WITHIN
    while not folder.is_dir() and time.monotonic() < end:
        time.sleep(0.02)
    return folder


def _write(file: Path, value: int) -> None:
    sysfs = os.open(file, os.O_WRONLY | os.O_TRUNC)  # never create: a missing file is a missing channel
    try:
        os.write(sysfs, str(value).encode("ascii"))
    finally:
        os.close(sysfs)
