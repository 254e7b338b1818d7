"""How each pattern looks and sounds: rows of data, the same for every light."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.ports import Pattern


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Colour (red, green, blue; 0 to 1), blinks a second (0: steady), and beeps when it begins."""

    colour: tuple[float, float, float]
    blinks: float = 0.0
    beeps: int = 0

    def lit(self, seconds: float) -> bool:
        """Whether it is lit `seconds` after it began; lit first."""
        return self.blinks == 0 or (seconds * self.blinks) % 1.0 < 0.5


# A light of one colour tells them apart by their blinking alone; none blinks faster than 3 a second (WCAG 2.3.1, photosensitivity).
RHYTHMS = {
    Pattern.DARK: Rhythm((0, 0, 0)),
    Pattern.READY: Rhythm((0, 1, 0)),
    Pattern.JUDGING: Rhythm((0, 0.3, 1), blinks=0.5),
    Pattern.ATTENTION: Rhythm((1, 0.5, 0), blinks=1.0, beeps=1),
    Pattern.FAULT: Rhythm((1, 0, 0), blinks=2.5, beeps=3),
}
