"""The photo's file: JPEG of the profile's density and length, at the best quality that fits."""

from __future__ import annotations

import struct

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.errors import CannotStandardise
from appliance.portrait.profile import Profile

Pixels = NDArray[np.uint8]
_BEST = 97
_FULL_COLOUR = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
_HALF_COLOUR = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
_FULL_COLOUR_FROM = 80  # below, finer luminance is worth more than finer colour
_DENSITY = 13  # where a JFIF file keeps unit (1: dots an inch) and density, behind marker, length, name and version


def encode(pixels: Pixels, profile: Profile) -> tuple[bytes, int]:
    """JPEG bytes (baseline, JFIF density, no metadata) and the quality factor, for a photo (H, W, 3), uint8, BGR.

    The highest quality whose length stays inside the profile's bytes. Raises `CannotStandardise` when none does.
    """
    for sampling in (_FULL_COLOUR, _HALF_COLOUR):
        found = _search(pixels, profile, sampling)
        if found is not None:
            return found
    return _plainest(pixels, profile)


def _search(pixels: Pixels, profile: Profile, sampling: int) -> tuple[bytes, int] | None:
    low = max(profile.quality_min, _FULL_COLOUR_FROM) if sampling == _FULL_COLOUR else profile.quality_min
    high, best = _BEST, None
    while low <= high:
        quality = (low + high) // 2
        data = _jpeg(pixels, profile, quality, sampling)
        if len(data) <= profile.bytes_max:
            best, low = (data, quality), quality + 1
        else:
            high = quality - 1
    return best if best is not None and len(best[0]) >= profile.bytes_min else None


def _plainest(pixels: Pixels, profile: Profile) -> tuple[bytes, int]:
    """A very plain picture is too short even at the best quality; no padding is invented, quality 100 is tried."""
    data = _jpeg(pixels, profile, 100, _FULL_COLOUR)
    if profile.bytes_min <= len(data) <= profile.bytes_max:
        return data, 100
    low, high = profile.bytes_min // 1024, profile.bytes_max // 1024
    if len(data) < profile.bytes_min:
        zh, en = f"画面过于单调，达不到 {low} KB", f"the picture is too plain to reach {low} KB"
    else:
        zh = f"细节过多，质量 {profile.quality_min} 时仍超过 {high} KB，请换素色衣服"
        en = f"there is too much detail for {high} KB at quality {profile.quality_min}: wear plainer clothes"
    raise CannotStandardise("file.bytes", zh, en)


def _jpeg(pixels: Pixels, profile: Profile, quality: int, sampling: int) -> bytes:
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        sampling,
        cv2.IMWRITE_JPEG_OPTIMIZE,
        1,
    ]
    done, coded = cv2.imencode(".jpg", pixels, options)
    data = bytearray(coded.tobytes())
    if not done or data[6:11] != b"JFIF\0":
        raise CannotStandardise("file.format", "无法压缩为 JPEG", "the photo cannot be encoded as JPEG")
    data[_DENSITY : _DENSITY + 5] = struct.pack(">BHH", 1, profile.dpi, profile.dpi)
    return bytes(data)
