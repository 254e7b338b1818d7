"""What a sensor makes of a view: exposure, colour gains, focus and noise, for the preview and the still of one exposure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from firmware.ports import LampDrive, Pixels
from firmware.scene.light import Plane, factors, light_on
from firmware.scene.view import View

BAND = 160  # rows a still is worked on at a time: fits the cache
NOISE_ROWS = 512
EVEN = 0.004  # a factor that differs from 1 by less than this changes no level


@dataclass(frozen=True, slots=True)
class Exposure:
    """Everything that made one frame; the preview and the still are developed from it alone."""

    view: View
    drive: LampDrive
    exposure_us: float
    analogue_gain: float
    colour_gains: tuple[float, float]
    blur: float  # sigma of the focus blur, preview pixels
    offset: tuple[int, int]  # half preview pixels
    grain: int  # which noise

    @property
    def product(self) -> float:
        """Exposure time (us) x analogue gain."""
        return self.exposure_us * self.analogue_gain


def factor_map(exposure: Exposure) -> Plane:
    """What the view is multiplied by, coarse: float32 (h, w, 3) BGR."""
    light = light_on(exposure.drive, exposure.view.wall, exposure.view.screen)
    return factors(light, exposure.product, exposure.colour_gains)


def preview(exposure: Exposure, fine: Plane | None) -> Pixels:
    """The preview, (h, w, 3) BGR uint8, read-only; `fine` is `fine_map` at the preview's size."""
    picture = exposure.view.preview_at(*exposure.offset)
    if exposure.blur > 0:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), exposure.blur), dtype=np.uint8)
    if fine is not None:
        picture = np.asarray(cv2.multiply(picture, fine, dtype=cv2.CV_8U), dtype=np.uint8)
    _add_noise(picture, exposure, per_pixel=0.12)
    picture.setflags(write=False)
    return picture


def fine_map(coarse: Plane, size: tuple[int, int]) -> Plane | None:
    """`coarse` at (width, height) = `size`, or None when it is 1 everywhere."""
    if np.abs(coarse - 1).max() < EVEN:
        return None
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def still(exposure: Exposure) -> Pixels:
    """The full-resolution picture of the same exposure, (H, W, 3) BGR uint8, read-only; some 60 ms for 12 megapixels."""
    source = exposure.view.still_at(*exposure.offset)
    if exposure.blur > 0:
        source = _blurred(source, exposure.blur * source.shape[1] / exposure.view.preview_size[0])
    height, width = source.shape[:2]
    coarse = factor_map(exposure)
    even = fine_map(coarse, (coarse.shape[1], coarse.shape[0])) is None
    picture = np.empty((height, width, 3), np.uint8)
    # Where row y of the picture lies in the coarse map, for each band.
    scale = coarse.shape[0] / height
    for top in range(0, height, BAND):
        bottom = min(top + BAND, height)
        band = picture[top:bottom]
        if even:
            np.copyto(band, source[top:bottom])
        else:
            shift = np.array([[width / coarse.shape[1], 0, 0], [0, 1 / scale, -top]], np.float32)
            local = cv2.warpAffine(coarse, shift, (width, bottom - top), borderMode=cv2.BORDER_REPLICATE)
            cv2.multiply(source[top:bottom], local, dst=band, dtype=cv2.CV_8U)
        _add_noise(band, exposure, per_pixel=0.35, salt=top)
    picture.setflags(write=False)
    return picture


def _blurred(picture: Pixels, sigma: float) -> Pixels:
    """Gaussian blur of a large sigma, by way of a smaller picture."""
    shrink = max(1.0, sigma / 2)
    size = (picture.shape[1], picture.shape[0])
    small = cv2.resize(picture, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink)
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


@lru_cache(maxsize=4)
def _grain(width: int, strength: int) -> Pixels:
    """A sheet of small non-negative noise, (NOISE_ROWS, width, 3) uint8; adding one place and subtracting another has mean 0."""
    random = np.random.default_rng(strength)
    ups = random.random((NOISE_ROWS, width, 3), np.float32) < min(0.5, strength / 100)
    return ups.astype(np.uint8) * np.uint8(1 + strength // 50)


def _add_noise(picture: Pixels, exposure: Exposure, per_pixel: float, salt: int = 0) -> None:
    """Sensor noise, other in each frame; its variance grows with the analogue gain, as shot noise does."""
    rows = picture.shape[0]
    strength = round(100 * per_pixel * min(exposure.analogue_gain, 8.0) / 2 + 1) // 4 * 4 + 4
    sheet = _grain(picture.shape[1], min(strength, 200))
    random = np.random.default_rng((exposure.grain, salt))
    for start in range(0, rows, NOISE_ROWS // 2):
        part = picture[start : start + NOISE_ROWS // 2]
        first, second = random.integers(0, NOISE_ROWS - len(part), 2)
        cv2.add(part, sheet[first : first + len(part)], dst=part)
        cv2.subtract(part, sheet[second : second + len(part)], dst=part)
