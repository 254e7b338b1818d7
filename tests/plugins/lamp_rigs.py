"""Lamps with an eye on what really shines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mock_pins import mock_pins

from firmware.lamps.kernel_pwm import KernelPwmLamps, LampChannels
from firmware.lamps.pwm import LampPins, PwmLamps
from firmware.ports import LampDrive, LampLevel, Lamps


@dataclass
class LampsRig:
    """Lamps, and what really shines (None where nothing can)."""

    lamps: Lamps
    lit_during: Callable[[float, float], LampLevel | None]
    shines: Callable[[], LampDrive] | None


def pwm_rig() -> LampsRig:
    """gpiozero on its mock pins."""
    factory = mock_pins()
    lamps = PwmLamps(LampPins(left=12, right=13, background=18), factory=factory)

    def shines() -> LampDrive:
        return LampDrive(*(float(factory.pin(pin).state) for pin in (12, 13, 18)))

    return LampsRig(lamps, lamps.lit_during, shines)


def kernel_pwm_rig(folder: Path) -> LampsRig:
    """Three channels of a chip, as files."""
    for channel in range(3):
        place = folder / "pwmchip0" / f"pwm{channel}"
        place.mkdir(parents=True)
        for name in ("duty_cycle", "period", "enable"):
            (place / name).write_text("0", encoding="ascii")
    (folder / "pwmchip0" / "export").touch()
    (folder / "pwmchip0" / "unexport").touch()
    lamps = KernelPwmLamps(LampChannels((0, 0), (0, 1), (0, 2)), frequency=1000.0, root=folder)

    def shines() -> LampDrive:
        duties = []
        for channel in range(3):
            place = folder / "pwmchip0" / f"pwm{channel}"
            enabled = place.joinpath("enable").read_text() == "1"
            duties.append(int(place.joinpath("duty_cycle").read_text()) / 1e6 if enabled else 0.0)
        return LampDrive(*duties)

    return LampsRig(lamps, lamps.lit_during, shines)
