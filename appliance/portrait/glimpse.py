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
_SHARE = 0.05  # of the cells: a cap put on, hair pushed back, a hand, somebody beside


def glimpse_of(picture: Pixels, box: Box) -> Glimpse | None:
    """Grey means of `box` (x0, y0, x1, y1) in `picture` (H, W, 3), uint8, BGR, shape (24, 24); `None` where it lies outside."""
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = (round(edge) for edge in box)
    step = max(1, (y1 - y0) // (_SIDE * _SAMPLES))
    part = picture[max(0, y0) : max(0, min(height, y1)) : step, max(0, x0) : max(0, min(width, x1)) : step]
    if min(part.shape[:2]) < _SIDE:
        return None
    grey = cv2.cvtColor(cv2.resize(part, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return grey.astype(np.float32)


def unlike(one: Glimpse, other: Glimpse) -> bool:
    """Whether two glimpses show different things; light that changed as a whole is no difference."""
    apart = one - other
    return bool((np.abs(apart - apart.mean()) > _CHANGED).mean() > _SHARE)
