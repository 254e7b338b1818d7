"""Pictures of capture codes as they reach a station, drawn by code: each way of spoiling one in five grades, seeded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
GRADES = 5
FRAME = (720, 960)  # height, width of the preview that scanners are offered


@dataclass(frozen=True, slots=True)
class Made:
    """A picture, what it must read as, how it was spoiled and how badly (0 mild to 4 hard)."""

    how: str
    grade: int
    payload: str
    pixels: Picture


def made(codes: int, seed: int = 1) -> Iterator[Made]:
    """`codes` different codes in every way and grade."""
    rng = np.random.default_rng(seed)
    for _ in range(codes):
        length = int(rng.integers(60, 260))  # a capture code is dense: versions 6 to 14
        payload = "".join(rng.choice(list("ABCDEFGHJKLMNPQRSTUVWXYZ23456789abcdefghijkmnpqrstuvwxyz+/="), length))
        for how, spoil in WAYS.items():
            for grade in range(GRADES):
                yield Made(how, grade, payload, spoil(payload, grade, rng))


def drawn(payload: str, module: float = 5, quiet: int = 4) -> Picture:
    """Dark on light, grey (H, W) uint8; `module` pixels a module, whole or not."""
    matrix = np.array([[bool(cell) for cell in row] for row in segno.make_qr(payload, error="m").matrix])
    whole = np.where(np.kron(np.pad(matrix, quiet), np.ones((8, 8), bool)), 15, 240).astype(np.uint8)
    side = round(len(whole) * module / 8)
    return np.asarray(cv2.resize(whole, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def held_up(code: Picture, rng: np.random.Generator, background: int = 110) -> Picture:
    """A code before the preview camera, off centre, on an uneven background with a little noise."""
    height, width = FRAME
    code = code[:height, :width]
    y, x = np.mgrid[0:height, 0:width]
    frame = background + 25 * np.sin(x / 90) + 20 * np.cos(y / 70)
    top, left = (int(rng.integers(0, max(1, room + 1))) for room in (height - len(code), width - code.shape[1]))
    frame[top : top + len(code), left : left + code.shape[1]] = code
    return noisy(frame, 3, rng)


def noisy(picture: NDArray[np.floating] | Picture, sigma: float, rng: np.random.Generator) -> Picture:
    """With sensor noise."""
    return np.clip(picture + rng.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


def dark(payload: str, grade: int, rng: np.random.Generator) -> Picture:
    """A dim screen: contrast and brightness sink, noise stays."""
    contrast = (0.5, 0.3, 0.18, 0.1, 0.06)[grade]
    frame = held_up(drawn(payload), rng)
    return noisy(20 + frame.astype(float) * contrast, 3, rng)


def glare(payload: str, grade: int, rng: np.random.Generator) -> Picture:
    """A lamp mirrored in the glass, ever wider and stronger."""
    frame = held_up(drawn(payload), rng).astype(float)
    y, x = np.mgrid[0 : frame.shape[0], 0 : frame.shape[1]]
    at = rng.uniform(0.3, 0.7, 2) * FRAME
    size = (60, 90, 130, 170, 210)[grade]

    spot = np.exp(-((y - at[0]) ** 2 + (x - at[1]) ** 2) / (2 * size**2))
    return np.clip(frame + (200 + 20 * grade) * spot, 0, 255).astype(np.uint8)


def small(payload: str, grade: int, rng: np.random.Generator) -> Picture:
    """Held far away: ever fewer pixels a module."""
    return held_up(drawn(payload, module=(3.0, 2.4, 2.0, 1.7, 1.4)[grade]), rng)


def rotated(payload: str, grade: int, rng: np.random.Generator) -> Picture:
    """Turned by any angle, and tilted ever more."""
    frame = held_up(drawn(payload, module=4), rng)
    height, width = FRAME
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(0, 360)), 0.75)
    turned = cv2.warpAffine(frame, turn, (width, height), borderValue=(110,))
    tilt = (0.0, 0.06, 0.12, 0.18, 0.24)[grade]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    pushed = np.array([[tilt * width, tilt * height], [0, 0], [0, 0], [tilt * width, -tilt * height]], np.float32)
    view = cv2.getPerspectiveTransform(corners, corners + pushed)
    return np.asarray(cv2.warpPerspective(turned, view, (width, height), borderValue=(110,)), np.uint8)


def inverted(payload: str, grade: int, rng: np.random.Generator) -> Picture:
    """Dark mode: light on dark, ever weaker."""
    code = 255 - drawn(payload)
    return held_up((code * (1.0, 0.8, 0.6, 0.4, 0.3)[grade]).astype(np.uint8), rng, background=60)


def recompressed(payload: str, grade: int, rng: np.random.Generator) -> Picture:
    """A screenshot forwarded again and again: scaled and saved as JPEG, three times."""
    picture = np.full((1000, 520), 250, np.uint8)
    code = cv2.resize(drawn(payload), (420, 420), interpolation=cv2.INTER_AREA)
    picture[200:620, 50:470] = code
    for _ in range(3):
        scale = float(rng.uniform(0.8, 1.15)) * (1.0, 0.9, 0.85, 0.8, 0.75)[grade]
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        quality = (60, 40, 25, 15, 10)[grade]
        picture = cv2.imdecode(
            cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE
        )
    return np.asarray(picture, np.uint8)


def blurred(payload: str, grade: int, rng: np.random.Generator) -> Picture:
    """Out of focus, or moved."""
    frame = held_up(drawn(payload), rng)
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), (1.0, 1.5, 2.0, 2.5, 3.0)[grade]), np.uint8)


def moire(payload: str, grade: int, rng: np.random.Generator) -> Picture:
    """The screen's own grid beats with the camera's."""
    frame = held_up(drawn(payload), rng).astype(float)
    y, x = np.mgrid[0 : frame.shape[0], 0 : frame.shape[1]]
    waves = np.sin(x / rng.uniform(1.5, 4)) * np.sin(y / rng.uniform(1.5, 4)) + np.sin((x + y) / rng.uniform(8, 20))
    return np.clip(frame + (15, 30, 45, 60, 75)[grade] * waves, 0, 255).astype(np.uint8)


WAYS: dict[str, Callable[[str, int, np.random.Generator], Picture]] = {
    "dark": dark,
    "glare": glare,
    "small": small,
    "rotated": rotated,
    "inverted": inverted,
    "recompressed": recompressed,
    "blurred": blurred,
    "moire": moire,
}
