"""Faults made by honest means on good pictures: light, lens, tilt and clutter are operations on pixels.

Closed eyes, hats, turned heads and glasses are not made here: painting them would test the painter.
Pixels are (H, W, 3), uint8, BGR.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from appliance.portrait.crop import Crop, measure_head
from appliance.portrait.measure.patch import luminance
from appliance.portrait.observe import Observation
from models.mesh import LEFT_PUPIL, RIGHT_PUPIL
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


def _linear(pixels: np.ndarray) -> np.ndarray:
    level = pixels.astype(np.float32) / 255
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)


def _levels(light: np.ndarray) -> np.ndarray:
    light = np.clip(light, 0, 1)
    level = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(light, 1 / 2.4) - 0.055)
    return np.round(level * 255).astype(np.uint8)


def exposed(factor: float, gains: tuple[float, float, float] = (1, 1, 1)) -> Callable[..., np.ndarray]:
    """`factor` times the light; `gains` of blue, green and red besides."""
    return lambda good, _: _levels(_linear(good.pixels) * np.float32(factor) * np.array(gains, np.float32))


def half_lit(share: float) -> Callable[..., np.ndarray]:
    """One side of the face with `share` of the light, with a soft edge of a fifth of its width."""

    def spoil(good: Good, chance: np.random.Generator) -> np.ndarray:
        head = measure_head(good.seen)
        x = np.arange(good.pixels.shape[1]) / good.seen.scale
        ramp = np.clip((x - head.midline) / (0.2 * head.face_width) + 0.5, 0, 1)
        ramp = ramp if chance.random() < 0.5 else 1 - ramp
        return _levels(_linear(good.pixels) * (1 - (1 - share) * ramp).astype(np.float32)[None, :, None])

    return spoil


def blurred(spread: float) -> Callable[..., np.ndarray]:
    """Out of focus by `spread` photo pixels."""
    return lambda good, _: cv2.GaussianBlur(good.pixels, (0, 0), spread * good.photo_pixel)


def shaken(length: float) -> Callable[..., np.ndarray]:
    """Moved by `length` photo pixels during the exposure, in any direction."""

    def spoil(good: Good, chance: np.random.Generator) -> np.ndarray:
        size = max(3, round(length * good.photo_pixel)) | 1
        line = np.zeros((size, size), np.float32)
        line[size // 2] = 1
        turn = cv2.getRotationMatrix2D((size // 2, size // 2), float(chance.uniform(0, 180)), 1)
        line = cv2.warpAffine(line, turn, (size, size))
        return cv2.filter2D(good.pixels, -1, line / line.sum())

    return spoil


def thumbnail(share: float) -> Callable[..., np.ndarray]:
    """Reduced to `share` of the photo's resolution and enlarged again."""

    def spoil(good: Good, _: np.random.Generator) -> np.ndarray:
        height, width = good.pixels.shape[:2]
        factor = share / good.photo_pixel
        small = cv2.resize(good.pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)

    return spoil


def tilted(least: float, most: float) -> Callable[..., np.ndarray]:
    """Turned in the picture plane by `least` to `most` degrees, either way."""

    def spoil(good: Good, chance: np.random.Generator) -> np.ndarray:
        height, width = good.pixels.shape[:2]
        angle = float(chance.uniform(least, most) * chance.choice((-1, 1)))
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
        return cv2.warpAffine(good.pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)

    return spoil


def cluttered(good: Good, chance: np.random.Generator) -> np.ndarray:
    """Boxes of any colour on the wall behind the person: shelves, posters, a door."""
    height, width = good.pixels.shape[:2]
    wall = good.pixels.copy()
    for _ in range(12):
        x, y = int(chance.integers(0, width)), int(chance.integers(0, height * 3 // 4))
        w, h = int(chance.integers(width // 12, width // 4)), int(chance.integers(height // 12, height // 3))
        cv2.rectangle(wall, (x, y), (x + w, y + h), chance.integers(0, 255, 3).tolist(), -1)
    person = _person(good, Segment.BACKGROUND, inverse=True)
    return (good.pixels * person + cv2.GaussianBlur(wall, (0, 0), 2) * (1 - person)).astype(np.uint8)


def crowded(good: Good, chance: np.random.Generator) -> np.ndarray:
    """The same head once more at the edge of the picture, smaller, as of somebody behind."""
    head = measure_head(good.seen)
    scale = good.seen.scale
    reach = 0.75 * head.face_width * scale
    x, y = head.midline * scale, head.eyes * scale
    face = good.pixels[max(0, int(y - reach)) : int(y + reach), max(0, int(x - reach)) : int(x + reach)]
    size = int(2 * reach * chance.uniform(0.4, 0.7))
    small = cv2.flip(cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA), 1)
    out = good.pixels.copy()
    top = int(max(0, y - reach))
    left = 0 if chance.random() < 0.5 else out.shape[1] - size
    out[top : top + size, left : left + size] = small[: out.shape[0] - top]
    return out


def dressed(colour: tuple[int, int, int]) -> Callable[..., np.ndarray]:
    """Clothes of `colour` (RGB), with their own folds."""

    def spoil(good: Good, _: np.random.Generator) -> np.ndarray:
        clothes = _person(good, Segment.CLOTHES)
        shade = np.clip(luminance(good.pixels) / 0.85, 0.6, 1.05)[:, :, None]
        dyed = np.clip(np.array(colour[::-1], np.float32) * shade, 0, 255)
        return (good.pixels * (1 - clothes) + dyed * clothes).astype(np.uint8)

    return spoil


def red_eyed(good: Good, _: np.random.Generator) -> np.ndarray:
    """Pupils that a flash lit."""
    out = good.pixels.copy()
    points = good.seen.mesh.points * good.seen.scale
    for centre, rim in ((RIGHT_PUPIL, 469), (LEFT_PUPIL, 474)):
        radius = 0.55 * float(np.linalg.norm(points[rim, :2] - points[centre, :2]))
        mask = np.zeros(out.shape[:2], np.float32)
        cv2.circle(mask, tuple(np.round(points[centre, :2]).astype(int).tolist()), round(radius), 1.0, -1, cv2.LINE_AA)
        mask = cv2.GaussianBlur(mask, (0, 0), 1.0)[:, :, None]
        out = (out * (1 - mask) + np.array((40, 30, 190), np.float32) * mask).astype(np.uint8)
    return out


def _person(good: Good, segment: Segment, *, inverse: bool = False) -> np.ndarray:
    """The share of one class (or of all others) over the whole picture, (H, W, 1), 0 to 1."""
    height, width = good.pixels.shape[:2]
    plane = good.seen.segments.shares[:, :, segment]
    box = (0.0, 0.0, width / good.seen.scale, height / good.seen.scale)
    spread = good.seen.segments.spread(1 - plane if inverse else plane, box, (width, height))
    return cv2.GaussianBlur(spread, (0, 0), 1.5)[:, :, None]


FAULTS = (
    Fault("a quarter of the light", "light.exposure", exposed(0.25)),
    Fault("a third of the light", "light.exposure", exposed(0.33)),
    Fault("twice the light", "light.exposure", exposed(2.0)),
    Fault("bluish light", "light.exposure", exposed(1.0, (2.0, 1.0, 0.8))),
    Fault("greenish light", "light.exposure", exposed(1.0, (0.9, 1.4, 0.9))),
    Fault("one side in a third of the light", "light.even", half_lit(0.33)),
    Fault("one side in 60 % of the light", "light.even", half_lit(0.6)),
    Fault("out of focus by 1 px", "focus.sharp", blurred(1.0)),
    Fault("out of focus by 2 px", "focus.sharp", blurred(2.0)),
    Fault("shaken by 8 px", "focus.sharp", shaken(8.0)),
    Fault("enlarged thrice", "focus.sharp", thumbnail(0.33)),
    Fault("tilted by 11 to 20 degrees", "pose.frontal", tilted(11, 20)),
    Fault("things on the wall", "background.uniform", cluttered),
    Fault("somebody behind", "subject.single", crowded),
    Fault("clothes of the background's colour", "clothes.contrast", dressed((100, 197, 255))),
    Fault("red pupils", "eyes.red", red_eyed),
)
