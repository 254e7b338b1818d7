"""Automatic exposure and focus as a camera's own processor does them, for the stand-in.

Exposure is metered on the pixels and aims at the scene's own brightness, so that a photograph keeps the look it was
taken with. Each step starts from the exposure that the metered frame really had; that makes it stable in spite of the
frames a new setting takes to act.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from firmware.scene.light import GAMMA

EXPOSURE_US = (30.0, 33_000.0)
ANALOGUE_GAIN = (1.0, 16.0)
COLOUR_GAIN = (0.1, 8.0)
STILL_HANDS_US = 20_000.0  # longer than this blurs a person: gain is raised first
SPEED = 0.7  # share of the way gone in one frame, in stops
REST_STOPS = 0.002  # nearer than this it rests
CONVERGED_STOPS = 0.03  # 2 % of light, one level of 128
DARKEST = 1.5  # levels; below this a frame tells nothing but "much darker"
LENS_SPEED = 0.72  # share of the focus blur that is left after one frame
IN_FOCUS = 0.15  # preview pixels of blur that no eye sees


@dataclass(frozen=True, slots=True)
class Setting:
    """Exposure time (us), analogue gain and (red, blue) gains of one frame."""

    exposure_us: float
    analogue_gain: float
    colour_gains: tuple[float, float]

    @property
    def product(self) -> float:
        """Exposure time x gain."""
        return self.exposure_us * self.analogue_gain


def split(product: float) -> tuple[float, float]:
    """Exposure time (us) and gain for a wanted product: time first, then gain, then time beyond what still hands allow."""
    exposure = min(max(product, EXPOSURE_US[0]), STILL_HANDS_US)
    gain = min(max(product / exposure, ANALOGUE_GAIN[0]), ANALOGUE_GAIN[1])
    return min(max(product / gain, EXPOSURE_US[0]), EXPOSURE_US[1]), gain


class AutoExposure:
    """Aims the exposure; `wanted` is what the next frames should have."""

    def __init__(self, product: float) -> None:
        self.wanted = product
        self.right = product  # what the newest metered frame should have had
        self.converged = False

    def meter(self, seen: float, aim: float, product: float) -> None:
        """Learn from a frame of mean level `seen` (0 to 255) taken with `product`, where `aim` was wanted."""
        ratio = (aim / max(seen, DARKEST)) ** GAMMA
        lowest, highest = EXPOSURE_US[0] * ANALOGUE_GAIN[0], EXPOSURE_US[1] * ANALOGUE_GAIN[1]
        right = min(max(product * ratio, lowest), highest)
        self.converged = abs(math.log2(right / product)) < CONVERGED_STOPS
        self.right = right
        away = math.log2(right / self.wanted)
        if abs(away) > REST_STOPS:
            self.wanted *= 2 ** (SPEED * away)


class AutoFocus:
    """Turns the lens until the blur is gone; `blur` is in preview pixels."""

    def __init__(self, blur: float = 3.0) -> None:
        self.blur = blur
        self.locked = False

    @property
    def in_focus(self) -> bool:
        """Whether what is left of the blur can be seen."""
        return self.blur < IN_FOCUS

    def step(self) -> None:
        """One frame's turn of the lens."""
        if not self.locked:
            self.blur = 0.0 if self.blur < IN_FOCUS else self.blur * LENS_SPEED
