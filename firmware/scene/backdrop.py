"""A photograph made into what a wider camera would have seen: the same person, the wall going on to both sides.

The person's pixels are scaled, never painted over. What lies beside the photograph is continued from its own border
columns: the wall keeps the border's colour, a shoulder that is cut by the border falls away downwards.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware.ports import Pixels

SHOULDER_SLOPE = 1.2  # rows a cut shoulder falls for each column beyond the border
WALL_TOLERANCE = 14.0  # levels a border column may stray from the wall's colour above before it is no wall any more
BORDER_SHARE = 0.01  # of the photo's width: the columns whose mean is "the border"


def widen(photo: Pixels, size: tuple[int, int]) -> Pixels:
    """`photo` (H, W, 3 BGR uint8) scaled to the height of `size` = (width, height) and continued (or cropped) to its width."""
    width, height = size
    scaled_width = max(1, round(photo.shape[1] * height / photo.shape[0]))
    enlarging = height > photo.shape[0]
    how = cv2.INTER_CUBIC if enlarging else cv2.INTER_AREA
    scaled = np.asarray(cv2.resize(photo, (scaled_width, height), interpolation=how), dtype=np.uint8)
    if scaled_width >= width:
        left = (scaled_width - width) // 2
        return np.ascontiguousarray(scaled[:, left : left + width])
    wide = np.empty((height, width, 3), np.uint8)
    left = (width - scaled_width) // 2
    wide[:, left : left + scaled_width] = scaled
    strip = max(1, round(scaled_width * BORDER_SHARE))
    wide[:, :left] = _continued(scaled[:, :strip], left)[:, ::-1]
    wide[:, left + scaled_width :] = _continued(scaled[:, -strip:], width - left - scaled_width)
    return wide


def _continued(strip: Pixels, columns: int) -> Pixels:
    """What lies beyond a border strip (H, n, 3): (H, columns, 3), nearest column first."""
    border = strip.mean(axis=1, dtype=np.float32)  # (H, 3)
    border = cv2.GaussianBlur(border[:, None, :], (1, 0), 0, sigmaY=max(1.0, len(border) / 700)).reshape(-1, 3)
    foot = _end_of_wall(border)
    rows = np.arange(len(border), dtype=np.float32)[:, None]
    away = np.arange(1, columns + 1, dtype=np.float32)[None, :]
    source = np.where(rows < foot, rows, np.maximum(rows - SHOULDER_SLOPE * away, foot - 1))
    # The wall beside a shoulder has the colour it has just above the shoulder.
    calm = max(0, foot - len(border) // 100)
    source = np.where(source < foot, np.minimum(source, calm), source)
    levels = border.round().clip(0, 255).astype(np.uint8)
    beyond: Pixels = levels[source.astype(np.intp)]
    return beyond


def _end_of_wall(border: NDArray[np.float32]) -> int:
    """Row where the border (H, 3) stops being wall, going down; H when it never does or is no wall to begin with."""
    height = len(border)
    step = max(1, height // 200)
    begin = height // 2  # clothes cut by the border are in the lower half of a head-and-shoulders photo
    for row in range(begin, height, step):
        above = np.median(border[max(0, row - height // 8) : row - step], axis=0)
        if np.abs(border[row] - above).max() > WALL_TOLERANCE:
            return max(begin, row - 2 * step)
    return height


def wall_share(view: Pixels, size: tuple[int, int]) -> NDArray[np.float32]:
    """How much of each place of `view` is wall, 0 to 1, at (width, height) = `size`; float32 (height, width).

    The wall is what is joined to the upper corners by small steps of colour: enough to say which lamp lights it.
    """
    small = cv2.resize(view, size, interpolation=cv2.INTER_AREA)
    small = cv2.bilateralFilter(small, 5, 20, 5)
    width, height = size
    filled = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | (255 << 8)
    for seed in ((0, 0), (width - 1, 0)):
        cv2.floodFill(small, filled, seed, (0, 0, 0), (3, 3, 3), (3, 3, 3), flags)
    mask = np.ascontiguousarray(filled[1:-1, 1:-1]).astype(np.float32) / 255.0
    return np.asarray(cv2.GaussianBlur(mask, (5, 5), 0), dtype=np.float32)


def bare_wall(size: tuple[int, int]) -> Pixels:
    """An empty backdrop, light grey, a little darker towards the edges: (height, width, 3) BGR uint8."""
    width, height = size
    x = np.linspace(-1, 1, 65, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, 49, dtype=np.float32)[:, None]
    level = 205.0 - 10.0 * (x * x + y * y)
    tint = np.array([1.0, 0.995, 0.985], np.float32)
    coarse = (level[..., None] * tint).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).round(), dtype=np.uint8)
