"""Who is in front: alpha of the person before a wall, so that the wall can be replaced without a rim.

A station's wall is smooth, so its colour behind the person can be told from what is seen beside them: a cubic surface fitted
robustly, and what is left of it carried inwards. With the wall known, a pixel is a mixture of wall and person, and alpha is how far
it lies along the line between the two (the one-background case of Smith and Blinn, "Blue screen matting", 1996). The multiclass
segments decide where that question is asked, and answer it where person and wall look alike, smoothed along the picture's edges by
a guided filter (He, Sun, Tang, "Guided image filtering", 2013).

Inside the person alpha is exactly 1, and the pixels stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.wall import Wall, spread, wall_behind

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
_GUIDED_RADIUS, _GUIDED_EPSILON = 6, 1e-3  # pixels of a photo 640 high; for luminance from 0 to 1
_NOISE = 2.5  # spreads of the wall's noise that are not taken for a strand of hair
_OPAQUE = 0.92  # of the way from wall to person: hair is no single colour, so this far counts as all the way
_ALIKE = (
    80.0  # length of the step from wall to person (levels, all channels) at which colour says as much as the segments
)
_BESIDE = 25.0  # 8-bit levels beside the line from wall to person: such a pixel is no mixture of the two
_EDGE_REACH = 5  # pixels beyond the segments' edge that may still be the person
_STRAND_REACH, _STRAND_FADE = 48, 20  # pixels around hair in which single strands are followed, and fade
_CRUMB = 0.08  # alpha that connects a strand to the head
_FAINT = 40.0  # 8-bit levels that the colour of a faint strand may differ from the hair near it
_CARRIED = ((2.5, 1, 1.0), (7.0, 2, 0.05), (20.0, 4, 0.002))  # spread in half-size pixels, reduction, weight


@dataclass(frozen=True, slots=True)
class Matte:
    """`alpha` (H, W), 0 to 1; `person` (H, W, 3), the colours of the person near each pixel, and the `wall`, both BGR, 0 to
    255, float32."""

    alpha: Plane
    person: Plane
    wall: Wall


def matte(pixels: Pixels, person: Plane, hair: Plane, inside: Mask, plate: Pixels | None = None) -> Matte | None:
    """The matte of a photo-sized crop (H, W, 3), uint8, BGR, from its share of person and of hair (H, W), 0 to 1, and a mask of
    where the picture has pixels at all. `plate` is the same part of the empty backdrop, uint8, BGR. `None` when no wall is seen,
    so that nothing can be told apart."""
    within = _deeper(person > 0.9, 3)
    known = _known(pixels, person, within, inside, plate)
    if known is None:
        return None
    wall, colours = known
    haired = ~_deeper(hair <= 0.3, 9)
    solid = np.where(haired, _deeper(person > 0.97, 5), within)
    reach = _reach(person, hair)
    asked = (reach > 0) & ~solid
    mixed, trust = _mixture(pixels[asked].astype(np.float32), wall.colour[asked], colours[asked], wall.noise)
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.float32) / np.float32(255)
    prior = np.clip(_guided(grey, person)[asked], 0, 1)
    alpha = solid.astype(np.float32)
    alpha[asked] = (trust * mixed + (1 - trust) * prior) * reach[asked]
    return Matte(alpha * _attached(alpha, within), colours, wall)


def composed(pixels: Pixels, seen: Matte, background: tuple[int, int, int]) -> Pixels:
    """The person of `pixels` (H, W, 3), uint8, BGR, before an even `background` (RGB). Where alpha is 1, pixels are as before;
    elsewhere the wall's part is taken out of the colour before the new background is put in."""
    flat, alphas = pixels.reshape(-1, 3), seen.alpha.reshape(-1)
    out = np.where((alphas >= 1)[:, None], flat, np.array(background[::-1], np.uint8))
    mixed = np.flatnonzero((alphas > 0) & (alphas < 1))
    alpha, near = alphas[mixed, None], seen.person.reshape(-1, 3)[mixed]
    unmixed = (flat[mixed] - (1 - alpha) * seen.wall.colour.reshape(-1, 3)[mixed]) / np.maximum(alpha, 0.02)
    np.clip(unmixed, 0, 255, out=unmixed)
    trust = np.minimum(alpha / 0.5, 1)  # a faint strand says little: its colour is that of the hair
    colour = trust * unmixed + (1 - trust) * np.clip(unmixed, near - _FAINT, near + _FAINT)
    blended = alpha * colour + (1 - alpha) * np.array(background[::-1], np.float32)
    out[mixed] = np.clip(blended + 0.5, 0, 255).astype(np.uint8)
    return out.reshape(pixels.shape)


def _known(
    pixels: Pixels, person: Plane, within: Mask, inside: Mask, plate: Pixels | None
) -> tuple[Wall, Plane] | None:
    """The wall and the person's colours everywhere. Both are smooth: half the resolution is enough to find them."""
    height, width = person.shape
    size = (max(1, width // 2), max(1, height // 2))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)
    who = cv2.resize(person, size, interpolation=cv2.INTER_AREA)
    where = cv2.resize(inside.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    empty = None if plate is None else np.asarray(cv2.resize(plate, size, interpolation=cv2.INTER_AREA), np.float32)
    wall = wall_behind(small, np.asarray(who, np.float32), where, empty)
    if wall is None:
        return None
    sure = cv2.resize(within.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    sure &= np.abs(small - wall.colour).max(axis=2) > 3 * wall.noise
    colours = _carried(small, sure)
    behind = _enlarged(wall.colour, (width, height))
    if plate is not None and wall.gain is not None:  # the plate's own detail is not lost to the half resolution
        behind = _enlarged(wall.gain, (width, height)) * plate
    return Wall(behind, wall.noise, wall.gain), _enlarged(colours, (width, height))


def _enlarged(plane: Plane, size: tuple[int, int]) -> Plane:
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _reach(person: Plane, hair: Plane) -> Plane:
    """1 where the person may be, fading to 0: a little beyond the segments' edge, and as far around hair as strands go."""
    near = cv2.distanceTransform((person <= 0.3).astype(np.uint8), cv2.DIST_L2, 3)
    strands = cv2.distanceTransform((hair <= 0.2).astype(np.uint8), cv2.DIST_L2, 3)
    close = np.clip((_EDGE_REACH - near) / 2 + 1, 0, 1)
    return np.asarray(np.maximum(close, np.clip((_STRAND_REACH - strands) / _STRAND_FADE, 0, 1)), np.float32)


def _mixture(seen: Plane, wall: Plane, person: Plane, noise: float) -> tuple[Plane, Plane]:
    """How far colours (n, 3) lie from wall to person, and how much that is to be trusted, both (n,), 0 to 1."""
    apart = person - wall
    length = (apart**2).sum(axis=1)
    along = ((seen - wall) * apart).sum(axis=1) / np.maximum(length, 1)
    floor = np.clip(_NOISE * noise / np.sqrt(np.maximum(length, 1)), 0, 0.5)
    beside = ((seen - wall - along[:, None] * apart) ** 2).sum(axis=1)
    trust = length**2 / (length**2 + _ALIKE**4) / (1 + beside / _BESIDE**2)
    return np.clip((along - floor) / (_OPAQUE - floor), 0, 1), trust


def _carried(image: Plane, within: Mask) -> Plane:
    """The person's colours carried outwards: the nearest decide, farther ones where there are none."""
    weight = within.astype(np.float32)
    total, mass = np.zeros_like(image), np.full(weight.shape, 1e-6, np.float32)
    for sigma, factor, share in _CARRIED:
        colour, have = spread(image, weight, sigma, factor)
        total += share * colour
        mass += share * have
    return total / mass[:, :, None]


def _attached(alpha: Plane, within: Mask) -> NDArray[np.uint8]:
    """1 on what hangs together with the person and on its soft rim, 0 on crumbs and grain of the wall."""
    count, labels = cv2.connectedComponents((alpha > _CRUMB).astype(np.uint8), connectivity=8)
    kept = np.zeros(count, np.uint8)
    kept[np.unique(labels[within])] = 1
    kept[0] = 0
    return np.asarray(cv2.dilate(kept[labels], np.ones((5, 5), np.uint8)), np.uint8)


def _guided(grey: Plane, plane: Plane) -> Plane:
    """Guided filter with a grey guide."""
    window = (2 * _GUIDED_RADIUS + 1,) * 2
    mean_g, mean_p = cv2.blur(grey, window), cv2.blur(plane, window)
    covariance = cv2.blur(grey * plane, window) - mean_g * mean_p
    variance = cv2.blur(grey * grey, window) - mean_g * mean_g
    slope = np.asarray(covariance / (variance + np.float32(_GUIDED_EPSILON)), np.float32)
    offset = np.asarray(mean_p - slope * mean_g, np.float32)
    return np.asarray(cv2.blur(slope, window) * grey + cv2.blur(offset, window), np.float32)


def _deeper(mask: Mask, depth: float) -> Mask:
    """What lies more than `depth` pixels inside `mask`; the photo's own edges are no edges of it."""
    return np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3) > depth, np.bool_)
