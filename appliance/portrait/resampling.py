"""Cutting a photo out of a picture in one place: cropped and scaled, nothing else."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_TAPS = 4  # of the Lanczos filter, either side


def resample(full: Pixels, x: float, y: float, scale: float, size: tuple[int, int]) -> tuple[Pixels, Mask]:
    """`size` (width, height) pixels of `full` (H, W, 3), uint8, BGR, from (x, y) on, at `scale` pixels for one of `full`; and a
    mask of where the picture has pixels. Beyond its edges the border is continued."""
    width, height = size[0] / scale, size[1] / scale
    full_height, full_width = full.shape[:2]
    step = _step(scale)
    margin = _TAPS * step  # whole blocks, so that averaging begins where the photo does
    x0, y0 = (_first(int(np.floor(edge)) - margin, step) for edge in (x, y))
    x1, y1 = int(np.ceil(x + width)) + margin, int(np.ceil(y + height)) + margin
    part = full[y0 : max(y0 + step, y1), x0 : max(x0 + step, x1)]
    cut = scaled(part, x - x0, y - y0, scale, size)
    u = (np.arange(size[0]) + 0.5) / scale + x
    v = (np.arange(size[1]) + 0.5) / scale + y
    across, down = (u >= 0) & (u < full_width), (v >= 0) & (v < full_height)
    return cut, np.outer(down, across)


def _first(start: int, step: int) -> int:
    """Where the first whole block within the picture begins, `start` being the beginning of one. Nothing is copied for what lies
    outside: the last step continues the border."""
    return start if start >= 0 else start % step


def _step(scale: float) -> int:
    return max(1, round(1 / scale))


def scaled(part: Pixels, x: float, y: float, scale: float, size: tuple[int, int]) -> Pixels:
    """`size` pixels of `part` from (x, y) on: averaged over whole blocks of pixels down to near the size wanted, so that nothing
    is skipped, then one Lanczos step for the rest."""
    step = _step(scale)
    if step > 1:
        height, width = part.shape[0] // step * step, part.shape[1] // step * step
        reduced = (width // step, height // step)
        part = np.asarray(cv2.resize(part[:height, :width], reduced, interpolation=cv2.INTER_AREA), np.uint8)
    factor = 1 / (scale * step)
    matrix = np.array(
        [[factor, 0, x / step + 0.5 * factor - 0.5], [0, factor, y / step + 0.5 * factor - 0.5]], np.float64
    )
    flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(part, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)
