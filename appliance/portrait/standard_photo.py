"""The standard photo: cropped and scaled in one resampling, the wall replaced, nothing rotated, mirrored or retouched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.portrait.crop import Crop, plan_crop
from appliance.portrait.encoding import encode
from appliance.portrait.errors import CannotStandardise
from appliance.portrait.matting import composed, matte
from appliance.portrait.observe import Observation
from appliance.portrait.profile import Profile
from appliance.portrait.resampling import resample
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
        raise CannotStandardise("subject.single", "没有找到可裁剪的人像", "no head and hair were found to crop around")
    scale = crop.scale / seen.scale
    cut, inside = resample(seen.full, crop.x * seen.scale, crop.y * seen.scale, scale, (profile.width, profile.height))
    size = (profile.width, profile.height)
    shown = (crop.x, crop.y, crop.x + profile.width / crop.scale, crop.y + profile.height / crop.scale)
    person = seen.segments.spread(1 - seen.segments.shares[:, :, Segment.BACKGROUND], shown, size)
    hair = seen.segments.spread(seen.segments.shares[:, :, Segment.HAIR], shown, size)
    found = matte(cut, person * inside, hair * inside, inside)
    if found is None:
        raise CannotStandardise(
            "background.uniform", "背景被完全遮挡，请退后一点", "no wall is seen behind the person: move back a little"
        )
    pixels = composed(cut, found, profile.background)
    pixels[~inside] = profile.background[::-1]
    jpeg, quality = encode(pixels, profile)
    return StandardPhoto(jpeg, pixels, profile.width, profile.height, quality, crop)
