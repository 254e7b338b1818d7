"""The photo's file: JPEG of the profile's density and length, at the best quality that fits."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from appliance.portrait.errors import CannotStandardise
from appliance.portrait.profile import Profile

Pixels = NDArray[np.uint8]
_BEST = 97
_FULL_COLOUR, _HALF_COLOUR = 0, 2  # Pillow: 4:4:4, 4:2:0


def encode(pixels: Pixels, profile: Profile) -> tuple[bytes, int]:
    """JPEG bytes (baseline, JFIF density, no metadata) and the quality factor, for a photo (H, W, 3), uint8, BGR.

    The highest quality whose length stays inside the profile's bytes. Raises `CannotStandardise` when none does.
    """
    image = Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
    for sampling in (_FULL_COLOUR, _HALF_COLOUR):
        found = _search(image, profile, sampling)
        if found is not None:
            return found
    return _plainest(image, profile)


def _search(image: Image.Image, profile: Profile, sampling: int) -> tuple[bytes, int] | None:
    low, high, best = max(profile.quality_min, 80 if sampling == _FULL_COLOUR else 1), _BEST, None
    while low <= high:
        quality = (low + high) // 2
        data = _jpeg(image, profile, quality, sampling)
        if len(data) <= profile.bytes_max:
            best, low = (data, quality), quality + 1
        else:
            high = quality - 1
    return best if best is not None and len(best[0]) >= profile.bytes_min else None


def _plainest(image: Image.Image, profile: Profile) -> tuple[bytes, int]:
    """A very plain picture is too short even at the best quality; no padding is invented, quality 100 is tried."""
    data = _jpeg(image, profile, 100, _FULL_COLOUR)
    if profile.bytes_min <= len(data) <= profile.bytes_max:
        return data, 100
    raise CannotStandardise(
        f"无法压缩到 {profile.bytes_min // 1024}–{profile.bytes_max // 1024} KB（质量不低于 {profile.quality_min}）",
        f"cannot be encoded in {profile.bytes_min // 1024} to {profile.bytes_max // 1024} KB at quality "
        f"{profile.quality_min} or more",
    )


def _jpeg(image: Image.Image, profile: Profile, quality: int, sampling: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=sampling, dpi=(profile.dpi, profile.dpi), optimize=True)
    return out.getvalue()
