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
from appliance.portrait.plate import cut_plate
from appliance.portrait.profile import Profile
from appliance.portrait.resampling import resample
from appliance.portrait.stopwatch import Stopwatch
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
    with_plate: bool = False  # whether the empty backdrop helped


def standardise(
    seen: Observation, profile: Profile, plate: Pixels | None = None, clock: Stopwatch | None = None
) -> StandardPhoto:
    """The standard photo of an observed still. `plate` is the empty backdrop as the same camera sees it (`plate.py`); `clock` is
    told the laps `cut`, `matting`, `encode`. Raises `CannotStandardise` when there is no face to crop around, or no wall to
    tell the person from."""
    clock = clock or Stopwatch()
    crop = plan_crop(seen, profile)
    if crop is None or seen.segments is None:
        raise CannotStandardise("subject.single", "没有找到可裁剪的人像", "no head and hair were found to crop around")
    scale = crop.scale / seen.scale
    size, place = (profile.width, profile.height), (crop.x * seen.scale, crop.y * seen.scale)
    cut, inside = resample(seen.full, *place, scale, size)
    empty = None if plate is None else cut_plate(plate, seen.full_size, place, scale, size)
    clock.lap("cut")
    shown = (crop.x, crop.y, crop.x + profile.width / crop.scale, crop.y + profile.height / crop.scale)
    person = seen.segments.spread(1 - seen.segments.shares[:, :, Segment.BACKGROUND], shown, size)
    hair = seen.segments.spread(seen.segments.shares[:, :, Segment.HAIR], shown, size)
    found = matte(cut, person * inside, hair * inside, inside, empty)
    if found is None:
        raise CannotStandardise(
            "background.uniform", "背景被完全遮挡，请退后一点", "no wall is seen behind the person: move back a little"
        )
    pixels = composed(cut, found, profile.background)
    pixels[~inside] = profile.background[::-1]
    clock.lap("matting")
    jpeg, quality = encode(pixels, profile)
    clock.lap("encode")
    return StandardPhoto(
        jpeg, pixels, profile.width, profile.height, quality, crop, with_plate=found.wall.gain is not None
    )
