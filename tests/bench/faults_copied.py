"""Pictures of pictures: what a screen's raster, or a print's, leaves after a camera has sampled it.

Pixels are (H, W, 3), uint8, BGR.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from spoil import Fault, Good, levels, linear

_FINE = 3  # samples along each side of a camera's pixel, whose mean is what it sees


def _sampled(shape: tuple[int, int], pitch: float, angle: float, mask: Callable[..., np.ndarray]) -> np.ndarray:
    """What each camera pixel sees of a raster of `pitch` camera pixels, turned by `angle` degrees. `mask` maps raster coordinates
    to the light of blue, green and red."""
    cos, sin = np.cos(np.radians(angle)) / pitch, np.sin(np.radians(angle)) / pitch
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    seen = np.zeros((*shape, 3), np.float32)
    for dy in (np.arange(_FINE) + 0.5) / _FINE - 0.5:
        for dx in (np.arange(_FINE) + 0.5) / _FINE - 0.5:
            u, v = (x + dx) * cos - (y + dy) * sin, (x + dx) * sin + (y + dy) * cos
            seen += mask(u, v)
    seen = cv2.GaussianBlur(seen, (0, 0), 0.45)  # the lens
    return seen / seen.mean(axis=(0, 1))


def screen(good: Good, chance: np.random.Generator) -> np.ndarray:
    """Shown on a screen: red, green and blue stripes with a dark line between rows."""

    def stripes(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        place, row = u % 1, v % 1
        lit = [np.where((place >= k / 3) & (place < (k + 1) / 3) & (row < 0.85), 1.0, 0.05) for k in (2, 1, 0)]
        return np.stack(lit, axis=2).astype(np.float32)

    pitch, angle = float(chance.uniform(1.3, 3.2)), float(chance.uniform(-8, 8))
    raster = _sampled(good.pixels.shape[:2], pitch, angle, stripes)
    return levels(linear(good.pixels) * raster)


def printed(good: Good, chance: np.random.Generator) -> np.ndarray:
    """Printed with dots of cyan, magenta and yellow, each at its own angle, and photographed."""
    pitch = float(chance.uniform(2.2, 4.5))
    out = linear(good.pixels)
    for channel, angle in ((0, 0.0), (1, 75.0), (2, 15.0)):

        def dots(u: np.ndarray, v: np.ndarray) -> np.ndarray:
            dot = 1 + 0.35 * np.cos(2 * np.pi * u) * np.cos(2 * np.pi * v)
            return np.repeat(dot[:, :, None], 3, axis=2).astype(np.float32)

        turned = angle + float(chance.uniform(-5, 5))
        out[:, :, channel] *= _sampled(good.pixels.shape[:2], pitch, turned, dots)[:, :, 0]
    return levels(out)


def held_up(good: Good, chance: np.random.Generator) -> np.ndarray:
    """A phone or print with the picture on it, held before the camera a little askew: its dark or white edge is seen, and the room
    behind it."""
    height, width = good.pixels.shape[:2]
    share = float(chance.uniform(0.6, 0.8))
    top, left = (round(length * (1 - share) / 2) for length in (height, width))
    inner = cv2.resize(good.pixels, (width - 2 * left, height - 2 * top), interpolation=cv2.INTER_AREA)
    edge = round(0.03 * width)
    room = np.full_like(good.pixels, chance.integers(90, 200))
    tone = int(chance.choice((15, 250)))
    room[top - edge : height - top + edge, left - edge : width - left + edge] = tone
    room[top : height - top, left : width - left] = inner
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(chance.uniform(-6, 6)), 1)
    return cv2.warpAffine(room, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


COPIED = (
    Fault("photographed from a screen", "subject.live", screen),
    Fault("photographed from a print", "subject.live", printed),
    Fault("held before the camera", "subject.live", held_up),
)
