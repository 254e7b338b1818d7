"""Faults made by honest means on good pictures: light, lens, tilt and clutter are operations on pixels.

Closed eyes, hats, turned heads and glasses are not made here: painting them would test the painter.
Pixels are (H, W, 3), uint8, BGR.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from faults_copied import COPIED
from faults_light import LIGHT_FAULTS
from spoil import Fault, Good, person_share

from appliance.portrait.crop import measure_head
from appliance.portrait.measure.patch import luminance
from models.mesh import LEFT_PUPIL, RIGHT_PUPIL
from models.segments import Segment


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
    person = person_share(good, Segment.BACKGROUND, inverse=True)
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
        clothes = person_share(good, Segment.CLOTHES)
        shade = np.clip(luminance(good.pixels) / 0.85, 0.6, 1.05)[:, :, None]
        dyed = np.clip(np.array(colour[::-1], np.float32) * shade, 0, 255)
        return (good.pixels * (1 - clothes) + dyed * clothes).astype(np.uint8)

    return spoil


def striped(good: Good, chance: np.random.Generator) -> np.ndarray:
    """Clothes with stripes, a tenth to a quarter of the face wide, blue on what they were."""
    height, width = good.pixels.shape[:2]
    pitch = float(chance.uniform(0.1, 0.25)) * measure_head(good.seen).face_width * good.seen.scale
    angle = np.radians(float(chance.choice((0, 45, 90))))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    stripe = (np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / pitch) > 0).astype(np.float32)[:, :, None]
    share = 0.7 * person_share(good, Segment.CLOTHES) * stripe
    return (good.pixels * (1 - share) + np.array((120, 40, 20), np.float32) * share).astype(np.uint8)


def compressed(quality: int) -> Callable[..., np.ndarray]:
    """Through a JPEG of low quality."""

    def spoil(good: Good, _: np.random.Generator) -> np.ndarray:
        done, data = cv2.imencode(".jpg", good.pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if not done:
            raise OSError("the picture could not be encoded")
        return cv2.imdecode(data, cv2.IMREAD_COLOR)

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


FAULTS = (
    *LIGHT_FAULTS,
    Fault("out of focus by 1 px", "focus.sharp", blurred(1.0)),
    Fault("out of focus by 2 px", "focus.sharp", blurred(2.0)),
    Fault("shaken by 8 px", "focus.sharp", shaken(8.0)),
    Fault("enlarged thrice", "focus.sharp", thumbnail(0.33)),
    Fault("tilted by 11 to 20 degrees", "pose.frontal", tilted(11, 20)),
    Fault("things on the wall", "background.uniform", cluttered),
    Fault("somebody behind", "subject.single", crowded),
    Fault("clothes of the background's colour", "clothes.contrast", dressed((100, 197, 255))),
    Fault("striped clothes", "clothes.contrast", striped),
    Fault("red pupils", "eyes.red", red_eyed),
    Fault("compressed at quality 20", "focus.sharp", compressed(20)),
    *COPIED,
)
