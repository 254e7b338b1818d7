"""Shoulders that the network took for wall.

Where a picture ends just below the neck, dark clothes are sometimes called background. The wall is seen beside the head, so what
lies below the chin, touches the body and looks nothing like that wall, is the person's.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.segments import Segment, Segments, Shares, segments_of

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_SURE = 0.9
_LEAST_WALL = 0.03  # of the cells: with less wall beside the head nothing is mended
_FAR = 40.0  # 8-bit levels from the wall, in any channel
_NOISY = 6.0  # spreads of the wall beside the head
_COVERED = 0.5  # of the lowest rows: with as much body as that the shoulders were found


def mended(segments: Segments, picture: Pixels, chin: float) -> Segments:
    """The segments of `picture` (H, W, 3), uint8, BGR, with the shoulders below row `chin` given to the clothes where they were
    overlooked."""
    shares = segments.shares
    below = segments.row(chin)
    rows, columns = shares.shape[:2]
    person = segments.classes != Segment.BACKGROUND
    if not 8 < below < rows - 8 or person[-4:].mean() >= _COVERED:
        return segments
    x0, y0, x1, y1 = (round(edge) for edge in segments.box)
    part = picture[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
    if part.size == 0:
        return segments
    small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
    wall = _wall_colours(small, shares, below)
    if wall is None:
        return segments
    away = np.abs(small - wall[0]).max(axis=2) > max(_FAR, _NOISY * wall[1])
    away[:below] = False
    found = _touching(away | person, person) & away & ~person
    if not found.any():
        return segments
    changed = shares.copy()
    changed[found] = 0
    changed[found, Segment.CLOTHES] = 1
    return segments_of(np.asarray(changed, np.float32), segments.box)


def _wall_colours(small: NDArray[np.float32], shares: Shares, below: int) -> tuple[NDArray[np.float32], float] | None:
    """The wall's middle colour either side of the head, carried down the columns, and its spread there."""
    sure = shares[:below, :, Segment.BACKGROUND] > _SURE
    if sure.mean() < _LEAST_WALL:
        return None
    seen = small[:below][sure]
    colour = np.median(seen, axis=0)
    spread = float(np.abs(seen - colour).max(axis=1).mean())
    return colour.astype(np.float32), spread


def _touching(mask: Mask, seed: Mask) -> Mask:
    """The connected pieces of `mask` that hold a part of `seed`."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    kept = np.unique(labels[seed & mask])
    return np.asarray(np.isin(labels, kept[kept > 0]), np.bool_)
