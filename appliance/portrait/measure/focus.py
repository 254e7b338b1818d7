"""Sharpness, at the scale of the finished photo: what its pixels will show, whatever the camera's resolution."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement

_EYES = (33, 133, 159, 145, 362, 263, 386, 374, 70, 300)


def sharp(subject: Subject) -> Measurement:
    """Strength of fine detail around the eyes: spread of the Laplacian over the spread of the luminance, at photo scale."""
    seen, crop = subject.seen, subject.crop
    if seen.mesh is None or crop is None:
        return Measurement.failed("no face")
    points = seen.mesh.points[list(_EYES), :2]
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.15 * (high - low)
    x0, y0 = np.maximum((low - margin) * seen.scale, 0).astype(int)
    x1, y1 = ((high + margin) * seen.scale).astype(int)
    part = seen.full[y0:y1, x0:x1]
    scale = crop.scale / seen.scale
    if part.size == 0 or min(part.shape[:2]) * scale < 8:
        return Measurement.failed("the eyes are too small")
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sized = cv2.resize(part, None, fx=scale, fy=scale, interpolation=method)
    grey = cv2.cvtColor(sized, cv2.COLOR_BGR2GRAY).astype(np.float32)
    detail = cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 0.7), cv2.CV_32F)
    return Measurement.of(float(detail.std() / max(float(grey.std()), 1.0)))
