"""Who is in front: alpha and foreground colours, so that the wall can be replaced without a rim.

The prior is the multiclass segmentation of the crop itself; near its edge a guided filter (He, Sun, Tang 2013) carries it along the
picture's own edges, with colour distance to the wall deciding strands of hair. Inside, alpha is 1 and the pixels stay as they are.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.segments import Segment, Shares

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
_RADIUS = 10  # pixels of the photo (640 high) over which an edge may move
_EPSILON = 2e-4  # of the guided filter, for pictures from 0 to 1
_LOW, _HIGH = 0.1, 0.97  # what the segmentation says of plain wall and of solid person: it is never quite sure
_SOFT_DILATION = 17  # pixels around hair in which strands are looked for


def matte(pixels: Pixels, shares: Shares) -> tuple[Plane, Plane]:
    """Alpha (H, W), 0 to 1, and foreground colours (H, W, 3), BGR, 0 to 1, for a photo-sized crop (H, W, 3), uint8, BGR, and
    the segments of that very crop (side, side, 6)."""
    height, width = pixels.shape[:2]
    image = pixels.astype(np.float32) / 255
    person = _plane(cv2.resize(1 - shares[:, :, Segment.BACKGROUND], (width, height), interpolation=cv2.INTER_CUBIC))
    person = np.clip((person - _LOW) / (_HIGH - _LOW), 0, 1)
    hair = _plane(cv2.resize(shares[:, :, Segment.HAIR], (width, height), interpolation=cv2.INTER_LINEAR))
    wall = _wall(image, person)
    prior = np.clip((person - 0.08) / 0.84, 0, 1).astype(np.float32)
    alpha = _guided(image, prior, _RADIUS, _EPSILON)
    alpha = _strands(image, wall, alpha, person, hair)
    sure = cv2.erode((person > 0.95).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    alpha = np.where(sure > 0, 1.0, np.clip((alpha - 0.06) / 0.88, 0, 1)).astype(np.float32)
    alpha *= _attached(alpha)
    return alpha, _foreground(image, wall, alpha)


def _strands(image: Plane, wall: Plane, alpha: Plane, person: Plane, hair: Plane) -> Plane:
    """Around hair, alpha from the colour: how far a pixel is from the wall towards the hair near it."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_SOFT_DILATION, _SOFT_DILATION))
    near = cv2.dilate((hair > 0.5).astype(np.uint8), kernel) > 0
    solid = ((hair > 0.85) & (person > 0.95)).astype(np.float32)
    weight = cv2.GaussianBlur(solid, (0, 0), 8)
    tone = cv2.GaussianBlur(image * solid[:, :, None], (0, 0), 8) / np.maximum(weight, 1e-4)[:, :, None]
    apart = tone - wall
    length = (apart**2).sum(axis=2)
    usable = near & (weight > 1e-3) & (length > 0.02) & (person < 0.97)
    along = ((image - wall) * apart).sum(axis=2) / np.maximum(length, 1e-4)
    trust = np.clip((length - 0.02) / 0.1, 0, 1)
    mixed = alpha + trust * (np.clip(along, 0, 1) - alpha) * 0.7
    return np.where(usable, mixed, alpha).astype(np.float32)


def _wall(image: Plane, person: Plane) -> Plane:
    """The wall as it would be seen without the person: known pixels spread by blurring at growing scales."""
    known = (person < 0.03).astype(np.float32)
    known = _plane(cv2.erode(known, np.ones((7, 7), np.uint8)))
    filled, weight = image * known[:, :, None], known.copy()
    result, have = np.zeros_like(image), np.zeros_like(known)
    for sigma in (6.0, 20.0, 60.0, 160.0):
        spread, mass = _blurred(filled, sigma), _blurred(weight, sigma)
        fresh = (have == 0) & (mass > 0.02)
        result[fresh] = spread[fresh] / mass[fresh][:, None]
        have[fresh] = 1
    if known.any():
        result[have == 0] = np.median(image[known > 0], axis=0)
    return result.astype(np.float32)


def _blurred(plane: Plane, sigma: float) -> Plane:
    """A Gaussian blur, done on a reduced picture where sigma is large."""
    factor = max(1, int(sigma // 6))
    height, width = plane.shape[:2]
    small = cv2.resize(plane, (max(1, width // factor), max(1, height // factor)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / factor, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _guided(guide: Plane, plane: Plane, radius: int, epsilon: float) -> Plane:
    """Guided filter with a grey guide."""
    grey = cv2.cvtColor(guide, cv2.COLOR_BGR2GRAY)
    window = (2 * radius + 1, 2 * radius + 1)
    mean_g, mean_p = cv2.blur(grey, window), cv2.blur(plane, window)
    slope = (cv2.blur(grey * plane, window) - mean_g * mean_p) / (cv2.blur(grey * grey, window) - mean_g**2 + epsilon)
    offset = mean_p - slope * mean_g
    return np.asarray(np.clip(cv2.blur(slope, window) * grey + cv2.blur(offset, window), 0, 1), np.float32)


def _attached(alpha: Plane) -> Plane:
    """1 where alpha belongs to the largest connected piece, 0 on crumbs of wall."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((alpha > 0.1).astype(np.uint8))
    if count <= 2:
        return np.ones_like(alpha)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return _plane((labels == largest) | (alpha <= 0.1))


def _foreground(image: Plane, wall: Plane, alpha: Plane) -> Plane:
    """The person's own colour under a mixed pixel: the wall's part taken away, then drawn towards the sure pixels near."""
    solid = (alpha > 0.97).astype(np.float32)
    weight = _blurred(solid, 5.0)
    near = _blurred(image * solid[:, :, None], 5.0) / np.maximum(weight, 1e-3)[:, :, None]
    a = alpha[:, :, None]
    unmixed = np.clip((image - (1 - a) * wall) / np.maximum(a, 0.05), 0, 1)
    trust = np.clip((a - 0.25) / 0.5, 0, 1)
    guess = np.where(weight[:, :, None] > 0.01, trust * unmixed + (1 - trust) * near, unmixed)
    return np.where(a > 0.97, image, guess).astype(np.float32)


def _plane(values: object) -> Plane:
    return np.asarray(values, np.float32)
