"""What a fault is made with: a good picture, and arithmetic on its light.

Pixels are (H, W, 3), uint8, BGR.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from appliance.portrait.crop import Crop
from appliance.portrait.observe import Observation
from models.segments import Segment


@dataclass(frozen=True)
class Good:
    """A good picture, what was seen in it, and where its photo lies."""

    pixels: np.ndarray
    seen: Observation
    crop: Crop

    @property
    def photo_pixel(self) -> float:
        """Pixels of the picture for one of the photo."""
        return self.seen.scale / self.crop.scale


@dataclass(frozen=True)
class Fault:
    """A way to spoil a picture, and the rule that must notice."""

    name: str
    rule: str
    spoil: Callable[[Good, np.random.Generator], np.ndarray]


def linear(pixels: np.ndarray) -> np.ndarray:
    """Light of sRGB pixels, 0 to 1."""
    level = pixels.astype(np.float32) / 255
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)


def levels(light: np.ndarray) -> np.ndarray:
    """sRGB pixels of light."""
    light = np.clip(light, 0, 1)
    level = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(light, 1 / 2.4) - 0.055)
    return np.round(level * 255).astype(np.uint8)


def person_share(good: Good, segment: Segment, *, inverse: bool = False) -> np.ndarray:
    """The share of one class (or of all others) over the whole picture, (H, W, 1), 0 to 1."""
    height, width = good.pixels.shape[:2]
    plane = good.seen.segments.shares[:, :, segment]
    box = (0.0, 0.0, width / good.seen.scale, height / good.seen.scale)
    spread = good.seen.segments.spread(1 - plane if inverse else plane, box, (width, height))
    return cv2.GaussianBlur(spread, (0, 0), 1.5)[:, :, None]
