"""The kernel's simulated GPIO bank as hands and eyes on it, and gpiozero on it through lgpio, as on a Pi."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from gpiozero.pins.lgpio import LGPIOFactory

PLACE = Path("/sys/devices/platform/gpio-sim.0")
LONGEST_PAUSE_S = 0.003
PI_4 = 0xC03111  # gpiozero asks which board it is on, and finds none here
SAMPLES = 120  # looks at a pin, for a duty within a tenth however few a busy machine gives in a second


class OnSimulatedBank(LGPIOFactory):
    """lgpio's pins of a board that says which one it is."""

    def _get_revision(self) -> int:
        return PI_4


class Bank:
    """The lines of `gpio-sim.0`: inputs are driven, outputs are looked at."""

    def __init__(self) -> None:
        self._lines = next(PLACE.glob("gpiochip*"))

    def drive(self, pin: int, high: bool) -> None:
        """Put a level on an input."""
        (self._lines / f"sim_gpio{pin}" / "pull").write_text("pull-up" if high else "pull-down", encoding="ascii")

    def level(self, pin: int) -> bool:
        """What a line carries now."""
        return (self._lines / f"sim_gpio{pin}" / "value").read_text(encoding="ascii").strip() == "1"

    def duty(self, pin: int) -> float:
        """The part of the time that a line is high, by looking at it again and again, never in step with it; 0 to 1."""
        high = 0
        for look in range(SAMPLES):
            high += self.level(pin)
            time.sleep((look * 0.37 % 1) * LONGEST_PAUSE_S)
        return high / SAMPLES


def factory() -> Any:
    """gpiozero's lgpio pins on the simulated bank; the one thing changed is the board it takes itself to be on."""
    return OnSimulatedBank(chip=0)
