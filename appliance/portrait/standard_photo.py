"""The standard photo: cropped and scaled in one resampling, the wall replaced, nothing rotated, mirrored or retouched."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.crop import Crop, plan_crop
from appliance.portrait.encoding import encode
from appliance.portrait.errors import CannotStandardise
from appliance.portrait.matting import composed, matte
from appliance.portrait.observe import Observation
from appliance.portrait.profile import Profile
from models.segments import Segment

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class StandardPhoto:
    """The finished photo: encoded, and its pixels (H, W, 3), uint8, BGR, before encoding; `crop` is in working pixels."""

    jpeg: bytes
    pixels: Pixels
    width: int
    height: int
    quality: int
    crop: Crop


def standardise(seen: Observation, profile: Profile) -> StandardPhoto:
    """The standard photo of an observed still. Raises `CannotStandardise` when there is no face to crop around, or no wall to
    tell the person from."""
    crop = plan_crop(seen, profile)
    if crop is None or seen.segments is None:
        raise CannotStandardise("没有找到可裁剪的人像", "no head and hair were found to crop around")
    cut, inside = resample(seen, crop, profile)
    size = (profile.width, profile.height)
    shown = (crop.x, crop.y, crop.x + profile.width / crop.scale, crop.y + profile.height / crop.scale)
    person = seen.segments.spread(1 - seen.segments.shares[:, :, Segment.BACKGROUND], shown, size)
    hair = seen.segments.spread(seen.segments.shares[:, :, Segment.HAIR], shown, size)
    found = matte(cut, person * inside, hair * inside, inside)
    if found is None:
        raise CannotStandardise("背景被完全遮挡，请退后一点", "no wall is seen behind the person: move back a little")
    pixels = composed(cut, found, profile.background)
    pixels[~inside] = profile.background[::-1]
    jpeg, quality = encode(pixels, profile)
    return StandardPhoto(jpeg, pixels, profile.width, profile.height, quality, crop)


def resample(seen: Observation, crop: Crop, profile: Profile) -> tuple[Pixels, NDArray[np.bool_]]:
    """The crop at photo size, from the full picture, and a mask of where the picture has pixels.

    Reduction averages areas exactly; where the picture ends, its border is continued (and masked).
    """
    full_scale = crop.scale / seen.scale  # photo pixels per full pixel
    x, y = crop.x * seen.scale, crop.y * seen.scale
    width, height = profile.width / full_scale, profile.height / full_scale
    full_width, full_height = seen.full_size
    pad = max(0, round(max(-x, -y, x + width - full_width, y + height - full_height)) + 2)
    x0, y0 = int(np.floor(x)), int(np.floor(y))
    x1, y1 = int(np.ceil(x + width)) + 1, int(np.ceil(y + height)) + 1
    part = seen.full[max(0, y0) : min(full_height, y1), max(0, x0) : min(full_width, x1)]
    if pad:
        top, left = max(0, -y0), max(0, -x0)
        bottom, right = max(0, y1 - full_height), max(0, x1 - full_width)
        part = np.asarray(cv2.copyMakeBorder(part, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)
    cut = _scaled(part, x - x0, y - y0, full_scale, (profile.width, profile.height))
    u = (np.arange(profile.width) + 0.5) / full_scale + x
    v = (np.arange(profile.height) + 0.5) / full_scale + y
    across, down = (u >= 0) & (u < full_width), (v >= 0) & (v < full_height)
    return cut, np.outer(down, across)


def _scaled(part: Pixels, dx: float, dy: float, scale: float, size: tuple[int, int]) -> Pixels:
    """`part` from (dx, dy) on, scaled: first whole steps by area averaging, then one Lanczos step for the rest."""
    step = max(1, int(1 / scale / 1.6))
    if step > 1:
        height, width = part.shape[0] // step * step, part.shape[1] // step * step
        part = np.asarray(
            cv2.resize(part[:height, :width], (width // step, height // step), interpolation=cv2.INTER_AREA), np.uint8
        )
    factor = 1 / (scale * step)
    shift_x = dx / step + 0.5 * factor - 0.5
    shift_y = dy / step + 0.5 * factor - 0.5
    matrix = np.array([[factor, 0, shift_x], [0, factor, shift_y]], np.float64)
    flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(part, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)
