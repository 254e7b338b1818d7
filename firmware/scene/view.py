"""One prepared view of the scene, at the sizes a camera needs, so that a frame costs almost nothing.

The full view carries a margin on all sides, for the small movements of a person and a stand. The preview is prepared
at twice its size, so that it can move by half pixels without being blurred.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from firmware.ports import Pixels
from firmware.scene.backdrop import wall_share
from firmware.scene.light import Plane

STILL_SIZE = (4056, 3040)  # the 12-megapixel sensor of the HQ camera, IMX477
PREVIEW_SIZE = (640, 480)
STEPS = 6  # half preview pixels the view may move to each side
LIGHT_SIZE = (160, 120)  # light is smooth: a map this coarse is enough


@dataclass(frozen=True, slots=True)
class View:
    """A still picture of the scene in even light; all arrays are read-only."""

    full: Pixels  # (height + 2 margins, width + 2 margins, 3) BGR uint8
    double: Pixels  # the same at twice the preview's size, with 2 x STEPS more each way
    wall: Plane  # LIGHT_SIZE, share that is wall
    screen: Plane  # LIGHT_SIZE, share that is a shining phone screen
    still_size: tuple[int, int]
    preview_size: tuple[int, int]
    brightness: float  # mean level of the preview, what automatic exposure aims at

    def preview_at(self, dx: int, dy: int) -> Pixels:
        """The preview moved by (dx, dy) half pixels, each at most STEPS: a new (h, w, 3) array."""
        width, height = self.preview_size
        x, y = STEPS + dx, STEPS + dy
        window = self.double[y : y + 2 * height, x : x + 2 * width]
        return np.asarray(cv2.resize(window, self.preview_size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def still_at(self, dx: int, dy: int) -> Pixels:
        """The full-resolution picture at the same place: a view into `full`, not a copy."""
        width, height = self.still_size
        margin = _margin(self.still_size, self.preview_size)
        x, y = margin + round(dx * margin / STEPS), margin + round(dy * margin / STEPS)
        return self.full[y : y + height, x : x + width]


def _margin(still_size: tuple[int, int], preview_size: tuple[int, int]) -> int:
    return round(STEPS * still_size[0] / (2 * preview_size[0]))


def prepare(
    picture: Pixels, preview_size: tuple[int, int], screen: Plane | None = None, wall: Plane | None = None
) -> View:
    """Prepare `picture` (a full-resolution view, (H, W, 3) BGR uint8); `wall` saves finding the wall again."""
    size = (picture.shape[1], picture.shape[0])
    margin = _margin(size, preview_size)
    full = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    doubled = (2 * preview_size[0] + 2 * STEPS, 2 * preview_size[1] + 2 * STEPS)
    double = cv2.resize(full, doubled, interpolation=cv2.INTER_AREA)
    wall = wall_share(picture, LIGHT_SIZE) if wall is None else wall
    screen = np.zeros_like(wall) if screen is None else screen
    for array in (full, double, wall, screen):
        array.setflags(write=False)
    return View(
        full=np.asarray(full, dtype=np.uint8),
        double=np.asarray(double, dtype=np.uint8),
        wall=wall,
        screen=screen,
        still_size=size,
        preview_size=preview_size,
        brightness=float(np.mean(cv2.mean(double)[:3])),
    )
