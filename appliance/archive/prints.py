"""A print from a standard photo: cropped evenly to the print's shape and scaled down to its profile's pixels, nothing else.

Both prints are a little narrower than 3:4, so only the sides lose a few columns, and the face stays where the standard put it.
"""

from __future__ import annotations

import cv2
import numpy as np

from appliance.archive.errors import ArchiveFailed
from appliance.portrait.encoding import encode
from appliance.portrait.errors import CannotStandardise, UnreadablePicture
from appliance.portrait.picture_file import read_picture
from appliance.portrait.profile import Profile


def print_of(photo: bytes, profile: Profile) -> bytes:
    """The JPEG of `profile` (300 dpi in its header) from the standard photo's bytes.

    Raises `ArchiveFailed` when the photo is unreadable or smaller than the print: no print is made by enlarging.
    """
    try:
        pixels = read_picture(photo).pixels
    except UnreadablePicture as error:
        raise ArchiveFailed(error.message.zh, error.message.en) from error
    height, width = pixels.shape[:2]
    scale = max(profile.width / width, profile.height / height)
    if scale > 1:
        raise ArchiveFailed(
            f"照片只有 {width}×{height} 像素，{profile.title_zh}需要 {profile.width}×{profile.height}，不能放大",
            f"the photo has {width}x{height} px, {profile.title_en} needs {profile.width}x{profile.height}: "
            "it is not enlarged",
        )
    wide, high = round(profile.width / scale), round(profile.height / scale)
    left, top = (width - wide) // 2, (height - high) // 2
    cut = np.ascontiguousarray(pixels[top : top + high, left : left + wide])
    print_ = cv2.resize(cut, (profile.width, profile.height), interpolation=cv2.INTER_AREA)
    try:
        return encode(np.asarray(print_, np.uint8), profile)[0]
    except CannotStandardise as error:
        raise ArchiveFailed(error.message.zh, error.message.en) from error
