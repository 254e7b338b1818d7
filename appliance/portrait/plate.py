"""The station's own empty backdrop (clean plate): what the wall looks like where the student hides it.

A plate comes from the same camera in the same place as the stills, with nobody in the picture; exposure and white balance may
differ, and a mean of several frames is better than one. Whether it still fits is asked anew for every still (`wall.py`): a camera
that was moved, or another wall, makes a plate useless, never harmful.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.errors import PlateRefused
from appliance.portrait.resampling import resample

Pixels = NDArray[np.uint8]
_LEAST = 240  # pixels, the shorter side
_SHAPE = 0.01  # by which the proportions of plate and still may differ: a preview's row more or less
_BRIGHT, _DARK = 250, 12  # 8-bit levels: a plate beyond these says nothing of the wall's colour


def sound_plate(plate: Any) -> Pixels:
    """`plate` (H, W, 3), uint8, BGR, as it was given. Raises `PlateRefused` with the reason and what to do."""
    if not isinstance(plate, np.ndarray) or plate.dtype != np.uint8 or plate.ndim != 3 or plate.shape[2] != 3:
        found = f"{plate.dtype} {plate.shape}" if isinstance(plate, np.ndarray) else type(plate).__name__
        raise PlateRefused(f"背景图应为 8 位 BGR 图像，现为 {found}", f"a plate is an 8-bit BGR picture, not {found}")
    height, width = plate.shape[:2]
    if min(height, width) < _LEAST:
        raise PlateRefused(
            f"背景图太小：{width}×{height}，至少 {_LEAST}，请用同一相机重拍",
            f"the plate is too small: {width}×{height}, at least {_LEAST}; take it with the same camera",
        )
    middle = float(np.median(plate[::8, ::8]))
    if not _DARK <= middle <= _BRIGHT:
        raise PlateRefused(
            f"背景图过亮或过暗（中位数 {middle:.0f}，要求 {_DARK}–{_BRIGHT}），请调好灯光后重拍",
            f"the plate is too bright or too dark (median {middle:.0f}, wanted {_DARK} to {_BRIGHT}): set the light and retake it",
        )
    return np.asarray(plate, np.uint8)


def cut_plate(
    plate: Pixels, full_size: tuple[int, int], place: tuple[float, float], scale: float, size: tuple[int, int]
) -> Pixels | None:
    """The part of `plate` that lies behind a photo of `size` (width, height) cut at `place` (x, y) and `scale` from a still of
    `full_size`; `None` where the plate has another shape than the still."""
    height, width = plate.shape[:2]
    if abs(width / height / (full_size[0] / full_size[1]) - 1) > _SHAPE:
        return None
    across = width / full_size[0]
    if scale / across > 1:  # a plate of fewer pixels than the photo wants
        plate = np.asarray(cv2.resize(plate, full_size, interpolation=cv2.INTER_LINEAR), np.uint8)
        across = 1.0
    cut, _ = resample(plate, place[0] * across, place[1] * across, scale / across, size)
    return cut
