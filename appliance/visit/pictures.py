"""Encoded pictures of a visit: the original, and the reduced one that is shown beside the finished photo."""

from __future__ import annotations

import cv2
import numpy as np

from firmware.ports import Pixels

BEFORE_HEIGHT = 900  # pixels, of the picture shown beside the finished photo
_BEFORE_QUALITY = 85


def beside(pixels: Pixels) -> bytes:
    """The picture (H, W, 3), uint8, BGR, reduced for the tablet, as JPEG."""
    height, width = pixels.shape[:2]
    scale = min(1.0, BEFORE_HEIGHT / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return jpeg_of(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8), _BEFORE_QUALITY)


def jpeg_of(pixels: Pixels, quality: int) -> bytes:
    """The picture as JPEG. Raises RuntimeError for a shape that cannot be encoded."""
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        msg = f"a picture of shape {pixels.shape} could not be encoded as JPEG"
        raise RuntimeError(msg)
    return data.tobytes()
