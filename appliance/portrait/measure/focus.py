"""Sharpness, at the scale of the finished photo and resampled as that is: what its pixels will show, whatever the camera's
resolution."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.measure.patch import OVAL
from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from appliance.portrait.resampling import scaled

Plane = NDArray[np.float32]
_LEAST = 48  # pixels: a smaller face has no fine detail to speak of
_BLOCK = 8  # pixels, of JPEG
_FINE, _MIDDLE, _COARSE = 0.7, 1.4, 2.8  # pixels, spreads of the Gaussians between which the two bands lie


def sharp(subject: Subject) -> Measurement:
    """Detail of about 2 pixels over detail of about 4, within the face: the same for smooth and for wrinkled skin, since
    pictures of one thing hold as much of either until lens, motion or enlargement take the finer away."""
    seen, crop = subject.seen, subject.crop
    if seen.mesh is None or crop is None:
        return Measurement.failed("no face")
    points = seen.mesh.points[list(OVAL), :2] * seen.scale
    x0, y0 = np.maximum(points.min(axis=0), 0).astype(int)
    x1, y1 = np.ceil(points.max(axis=0)).astype(int)
    part = seen.full[y0:y1, x0:x1]
    scale = min(1.0, crop.scale / seen.scale)
    if min(part.shape[:2]) * scale < _LEAST:
        return Measurement.failed("the face is too small")
    size = (int(part.shape[1] * scale), int(part.shape[0] * scale))
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), np.uint8)
    grey = scaled(grey, 0.0, 0.0, scale, size) if scale < 1 else grey
    mask = np.zeros(grey.shape, np.uint8)
    ring = np.round((points - (x0, y0)) * scale).astype(np.int32)
    cv2.fillConvexPoly(mask, np.asarray(cv2.convexHull(ring), np.int32), (1,))
    return Measurement.of(_fineness(grey.astype(np.float32), mask))


def enlargement(subject: Subject) -> Measurement:
    """Pixels of the finished photo for one of the picture: above 1, detail is invented."""
    if subject.crop is None:
        return Measurement.failed("no face")
    return Measurement.of(subject.crop.scale / subject.seen.scale, "", "closer")


def blocks(subject: Subject) -> Measurement:
    """How much larger the steps between the 8 by 8 blocks of a JPEG are than those within, percent (ISO/IEC 29794-5 compression
    artefacts). 0 for what comes straight from the camera."""
    seen, facts = subject.seen, subject.facts
    if seen.mesh is None:
        return Measurement.failed("no face", "%")
    if facts is None or facts.format != "JPEG":
        return Measurement.of(0.0, "%")
    points = seen.mesh.points[list(OVAL), :2] * seen.scale
    x0, y0 = (np.maximum(points.min(axis=0), 0) // _BLOCK * _BLOCK).astype(int)
    x1, y1 = points.max(axis=0).astype(int)
    grey = cv2.cvtColor(seen.full[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY).astype(np.float32)
    if min(grey.shape) < 6 * _BLOCK:
        return Measurement.failed("the face is too small", "%")
    worst = 0.0
    for plane in (grey, grey.T):
        steps = np.abs(np.diff(plane, axis=1)).mean(axis=0)
        between = np.arange(steps.size) % _BLOCK == _BLOCK - 1
        worst = max(worst, float(steps[between].mean() / max(float(steps[~between].mean()), 1e-3)) - 1)
    return Measurement.of(worst * 100, "%", "compressed")


def _fineness(grey: Plane, within: NDArray[np.uint8]) -> float:
    fine, middle, coarse = (cv2.GaussianBlur(grey, (0, 0), spread) for spread in (_FINE, _MIDDLE, _COARSE))
    return _spread(fine - middle, within) / max(_spread(middle - coarse, within), 1e-3)


def _spread(plane: Plane, within: NDArray[np.uint8]) -> float:
    return float(cv2.meanStdDev(plane, mask=within)[1][0, 0])
