"""Colours of large things: head, shoulders and wall on one coarse grid."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.observe import Observation
from models.segments import Classes, Pixels, Segment

_STEP = 2  # cells of the segments for one of the grid
_SURE = 0.9  # share of background from which a cell is nothing else
_AWAY = 4  # cells of the segments kept from anything else
_LEAST = 0.02  # of the cells: with less wall than that nothing can be said


@dataclass(frozen=True, slots=True)
class Grid:
    """`colours` (n, m, 3), BGR, uint8, means over cells; `classes` (n, m), uint8; `wall` (n, m), cells well inside the wall."""

    colours: Pixels
    classes: Classes
    wall: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class WallPixels:
    """`colours` (n, 3), BGR, 0 to 255, of grid cells that are wall, away from the person; their places `x`, `y` (n,), -0.5 to
    0.5 over head and shoulders."""

    colours: NDArray[np.float32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]


def grid_of(seen: Observation) -> Grid | None:
    """The grid of an observation, or `None` where nothing was divided into segments."""
    segments = seen.segments
    if segments is None:
        return None
    x0, y0, x1, y1 = (round(edge) for edge in segments.box)
    part = seen.picture[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
    if part.size == 0:
        return None
    wall = segments.kept.wall
    if wall is None:
        sure = (segments.shares[:, :, Segment.BACKGROUND] > _SURE).astype(np.uint8)
        wall = cv2.erode(sure, np.ones((2 * _AWAY + 1,) * 2, np.uint8))[::_STEP, ::_STEP] > 0
        segments.kept.wall = wall
    classes = segments.classes[::_STEP, ::_STEP]
    return Grid(_means(part, (classes.shape[1], classes.shape[0])), classes, wall)


def _means(part: Pixels, size: tuple[int, int]) -> Pixels:
    """`part` at `size` (width, height), each pixel a mean: halved while a cell stays two pixels wide, blurred as wide as a cell,
    then sampled, which is several times faster than averaging areas of broken size."""
    while part.shape[1] >= 4 * size[0] and part.shape[0] >= 4 * size[1]:
        height, width = part.shape[0] // 2, part.shape[1] // 2
        part = np.asarray(
            cv2.resize(part[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
    window = (max(1, part.shape[1] // size[0]), max(1, part.shape[0] // size[1]))
    return np.asarray(cv2.resize(cv2.blur(part, window), size, interpolation=cv2.INTER_LINEAR), np.uint8)


def wall_pixels(grid: Grid) -> WallPixels | None:
    """The wall, or `None` where too little of it is seen."""
    rows, columns = np.nonzero(grid.wall)
    if rows.size < _LEAST * grid.wall.size:
        return None
    height, width = grid.wall.shape
    x, y = (columns / width - 0.5).astype(np.float32), (rows / height - 0.5).astype(np.float32)
    return WallPixels(grid.colours[grid.wall].astype(np.float32), x, y)
