"""What is seen of the wall beside the person."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.observe import Observation
from models.segments import Segment

_SURE = 0.9  # share of background from which a cell is nothing else
_LEAST = 0.02  # of the cells: with less wall than that nothing can be said
_STEP = 2  # cells of the segments for one of the grid


@dataclass(frozen=True, slots=True)
class WallPixels:
    """`colours` (n, 3), BGR, 0 to 255, of grid cells that are wall, away from the person; their places `x`, `y` (n,), -0.5 to
    0.5 over head and shoulders."""

    colours: NDArray[np.float32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]


def wall_pixels(seen: Observation) -> WallPixels | None:
    """The wall, or `None` where too little of it is seen."""
    segments = seen.segments
    if segments is None:
        return None
    sure = (segments.shares[:, :, Segment.BACKGROUND] > _SURE).astype(np.uint8)
    mask = np.asarray(cv2.erode(sure, np.ones((9, 9), np.uint8)), np.uint8)[::_STEP, ::_STEP]
    rows, columns = np.nonzero(mask)
    x0, y0, x1, y1 = (round(edge) for edge in segments.box)
    part = seen.picture[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
    if rows.size < _LEAST * mask.size or part.size == 0:
        return None
    height, width = mask.shape
    small = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    x = (columns / width - 0.5).astype(np.float32)
    return WallPixels(small[rows, columns].astype(np.float32), x, (rows / height - 0.5).astype(np.float32))
