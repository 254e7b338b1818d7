"""The wall as it would be seen without the person. Pixels are those of a photo at half its size, about 320 high."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
_CELL = 4  # pixels of the half-size photo: the surface is fitted on means of cells
_DEGREE = 3
_AWAY = 2  # pixels kept from anything that might be the person
_LEAST = 0.01  # of the photo: with less wall than that nothing can be told
_LEFTOVER = ((5.0, 2, 1.0), (15.0, 4, 0.02))  # spread in pixels, reduction, weight
_DARKEST = 4.0  # 8-bit levels of a plate, below which nothing is divided by it
_UNEXPLAINED, _UNEXPLAINED_LEVELS = 1.15, 0.3  # a plate has noise of its own, and knows what is hidden
_STANDING = 20.0  # 8-bit levels
_ROUNDS = 4  # of reweighting
_RIDGE = 2e-6  # keeps the surface tame where nothing is seen, as under the person


@dataclass(frozen=True, slots=True)
class Wall:
    """`colour` (H, W, 3), BGR, 0 to 255, float32; `noise`, the spread of the wall's own pixels about it, 8-bit levels; `gain`
    (H, W, 3), what the plate must be multiplied with to be that colour, `None` where no plate served."""

    colour: Plane
    noise: float
    gain: Plane | None = None


def wall_behind(image: Plane, person: Plane, inside: Mask, plate: Plane | None = None) -> Wall | None:
    """The wall behind the person in `image` (H, W, 3), BGR, 0 to 255, float32, whose share of person is `person` (H, W). `plate`
    is the same part of the empty backdrop; it serves where it explains what is seen of the wall about as well as a smooth surface.

    `None` when too little wall is seen.
    """
    free = ((person < 0.02) & inside).astype(np.uint8)
    window = np.ones((2 * _AWAY + 1,) * 2, np.uint8)
    bare = np.asarray(cv2.erode(free, window, borderValue=(1,)), np.float32)
    if bare.mean() < _LEAST:
        return None
    smooth = _smooth(image, bare)
    if plate is None:
        return smooth
    known = _from_plate(image, bare, plate)
    limit = _UNEXPLAINED * _unexplained(image, smooth, bare) + _UNEXPLAINED_LEVELS
    return known if _unexplained(image, known, bare) <= limit else smooth


def _smooth(image: Plane, bare: Plane) -> Wall:
    """The wall as a smooth surface, and what is left of it carried inwards."""
    surface = _surface(image, bare)
    left = image - surface
    size = np.abs(left).max(axis=2)
    noise = float(np.median(size[bare > 0])) * 1.2 + 0.6
    clean = bare * (size < max(4 * noise, 6))
    total, mass = np.zeros_like(image), np.full(bare.shape, 1e-3, np.float32)
    for sigma, factor, share in _LEFTOVER:
        rest, have = spread(left, clean, sigma, factor)
        total += share * rest
        mass += share * have
    return Wall(surface + total / mass[:, :, None], noise)


def _from_plate(image: Plane, bare: Plane, plate: Plane) -> Wall:
    """The plate in the still's light. Divided by the plate, the wall is even but for light that changed since, which is smooth."""
    level = plate[bare > 0].mean(axis=0)
    share = np.maximum(plate, _DARKEST) / level
    flat = _smooth(np.asarray(image / share, np.float32), bare)
    gain = np.asarray(flat.colour / np.maximum(level, _DARKEST), np.float32)
    return Wall(gain * np.maximum(plate, _DARKEST), flat.noise, gain)


def _unexplained(image: Plane, wall: Wall, bare: Plane) -> float:
    """Mean distance of the wall that is seen from the wall as told, 8-bit levels; things that stand before it count little."""
    off = np.abs(image - wall.colour).max(axis=2)[bare > 0]
    return float(np.minimum(off, _STANDING).mean())


def spread(image: Plane, weight: Plane, sigma: float, factor: int) -> tuple[Plane, Plane]:
    """Weighted Gaussian sums of colour and of weight (normalised convolution, Knutsson and Westin 1993), at 1/`factor` of the
    size and enlarged again: what is smooth needs no more."""
    height, width = weight.shape
    small = (max(1, width // factor), max(1, height // factor))
    stacked = cv2.merge([*cv2.split(image * weight[:, :, None]), weight])
    reduced = cv2.resize(stacked, small, interpolation=cv2.INTER_AREA) if factor > 1 else stacked
    blurred = cv2.GaussianBlur(reduced, (0, 0), sigma / factor, borderType=cv2.BORDER_REPLICATE)
    full = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR) if factor > 1 else blurred
    return np.asarray(full[:, :, :3], np.float32), np.asarray(full[:, :, 3], np.float32)


def _surface(image: Plane, bare: Plane) -> Plane:
    """A cubic surface a channel, fitted to the bare wall with weights that forget what does not fit (Cauchy)."""
    height, width = bare.shape
    size = (max(4, width // _CELL), max(4, height // _CELL))
    seen = cv2.resize(bare, size, interpolation=cv2.INTER_AREA)
    mean = cv2.resize(image * bare[:, :, None], size, interpolation=cv2.INTER_AREA) / np.maximum(seen, 1e-3)[:, :, None]
    terms, colours = _terms(size), mean.reshape(-1, 3).astype(np.float64)
    usable = (seen > 0.6).ravel()
    if not usable.any():
        usable = (seen > 0).ravel()
    weight = usable.astype(np.float64)
    ridge = _RIDGE * len(terms) * np.eye(terms.shape[1])
    ridge[0, 0] = 0.0  # the mean is not held back
    fitted = np.zeros((terms.shape[1], 3))
    for _ in range(_ROUNDS):
        heavy = terms * weight[:, None]
        fitted = np.linalg.solve(heavy.T @ terms + ridge, heavy.T @ colours)
        off = np.abs(terms @ fitted - colours).max(axis=1)
        weight = usable / (1 + (off / (3 * np.median(off[usable]) + 1.0)) ** 2)
    surface = (terms @ fitted).reshape(size[1], size[0], 3).astype(np.float32)
    return np.asarray(cv2.resize(surface, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _terms(size: tuple[int, int]) -> NDArray[np.float64]:
    """x^i y^j of every cell, i + j up to the degree, over -1 to 1."""
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    powers = [x**i * y**j for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    return np.stack(powers, axis=-1).reshape(-1, len(powers))
