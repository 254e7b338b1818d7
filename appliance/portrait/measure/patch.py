"""The face's own pixels, and which of them lie within a ring of landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Points = NDArray[np.float32]
Mask = NDArray[np.bool_]
Plane = NDArray[np.float32]

OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150),
    *(136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)


def _linear_table() -> Plane:
    """sRGB's decoding function (IEC 61966-2-1) for the 256 levels."""
    level = np.arange(256, dtype=np.float64) / 255
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _linear_table()
_WEIGHTS = np.array([[0.0722, 0.7152, 0.2126]], np.float32)  # of blue, green, red (ITU-R BT.709)


def luminance(pixels: Pixels) -> Plane:
    """Relative luminance, 0 to 1, linear in light, of sRGB pixels (H, W, 3), uint8, BGR."""
    return np.asarray(cv2.transform(cv2.LUT(pixels, _LINEAR), _WEIGHTS), np.float32)


@dataclass(frozen=True)
class Patch:
    """The box around a face: `pixels` (H, W, 3), uint8, BGR, and the landmarks (478, 2) in pixels of the box."""

    pixels: Pixels
    points: Points

    @cached_property
    def light(self) -> Plane:
        """Relative luminance, (H, W), 0 to 1, linear in light."""
        return luminance(self.pixels)

    def every(self, step: int) -> Patch:
        """The patch with one of `step` pixels each way."""
        return Patch(self.pixels[::step, ::step], self.points / np.float32(step))

    def ring(self, landmarks: tuple[int, ...]) -> Mask:
        """The pixels within the convex hull of landmarks; several measures ask for the same ones, which are drawn once."""
        if landmarks not in self._rings:
            self._rings[landmarks] = self._drawn(landmarks)
        return self._rings[landmarks]

    @cached_property
    def _rings(self) -> dict[tuple[int, ...], Mask]:
        return {}

    def _drawn(self, landmarks: tuple[int, ...]) -> Mask:
        mask = np.zeros(self.pixels.shape[:2], np.uint8)
        corners = np.round(self.points[list(landmarks)]).astype(np.int32)
        cv2.fillConvexPoly(mask, np.asarray(cv2.convexHull(corners), np.int32), (1,))
        return mask.view(np.bool_)


def cut_patch(picture: Pixels, points: Points) -> Patch | None:
    """The patch of a face in `picture`, or `None` when it lies outside."""
    height, width = picture.shape[:2]
    low = np.clip(np.floor(points[:, :2].min(axis=0)) - 2, 0, None).astype(int)
    high = np.clip(np.ceil(points[:, :2].max(axis=0)) + 3, None, (width, height)).astype(int)
    if (high - low < 8).any():
        return None
    return Patch(picture[low[1] : high[1], low[0] : high[0]], (points[:, :2] - low).astype(np.float32))
