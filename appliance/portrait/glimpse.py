"""A glimpse of head and shoulders: just enough to tell that something changed there since the last close look."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.segments import Box

Pixels = NDArray[np.uint8]
Glimpse = NDArray[np.float32]
_SIDE = 24  # cells each way
_SAMPLES = 4  # each way, for one cell: enough against noise, and little to read
_CHANGED = 14.0  # 8-bit levels between cells that show something else; noise and a lamp's flicker stay below
_LEAST = 0.25  # of the cells: with less than that, nothing is compared
_SHARE = 0.05  # of the cells: a cap put on, hair pushed back, a hand, somebody beside


def glimpse_of(picture: Pixels, box: Box) -> Glimpse | None:
    """Grey means of `box` (x0, y0, x1, y1) in `picture` (H, W, 3), uint8, BGR, shape (24, 24), NaN in cells that reach beyond the
    picture; `None` where less than a quarter of it is seen.

    Samples lie at the same parts of the box whatever its corners are, between pixels where need be: a head that only sways shows
    the same glimpse.
    """
    height, width = picture.shape[:2]
    count = _SIDE * _SAMPLES
    across, down = (box[2] - box[0]) / count, (box[3] - box[1]) / count
    seen = _within(box[1], box[3], height)[:, None] & _within(box[0], box[2], width)
    if seen.mean() < _LEAST:
        return None
    to_picture = np.array([[across, 0, box[0] + across / 2 - 0.5], [0, down, box[1] + down / 2 - 0.5]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    samples = cv2.warpAffine(picture, to_picture, (count, count), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    grey = cv2.cvtColor(cv2.resize(samples, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return np.where(seen, grey, np.float32(np.nan)).astype(np.float32)


def _within(low: float, high: float, size: int) -> NDArray[np.bool_]:
    """Which of the cells between `low` and `high` lie wholly within 0 to `size`, shape (24,)."""
    edges = np.linspace(low, high, _SIDE + 1)
    return np.asarray((edges[:-1] >= 0) & (edges[1:] <= size), np.bool_)


def unlike(one: Glimpse, other: Glimpse) -> bool:
    """Whether two glimpses show different things in the cells that both have.

    Light that changed as a whole is no difference, nor is an edge that moved by a cell: landmarks tremble. A cell has changed when
    it is brighter or darker than everything next to its place was.
    """
    both = ~(np.isnan(one) | np.isnan(other))
    if not both.any():
        return False
    then = np.where(both, one, np.float32(one[both].mean()))
    now = np.where(both, other + np.float32((one - other)[both].mean()), then)
    around = np.ones((3, 3), np.uint8)
    changed = (now > cv2.dilate(then, around) + _CHANGED) | (now < cv2.erode(then, around) - _CHANGED)
    return bool(changed[both].mean() > _SHARE)
