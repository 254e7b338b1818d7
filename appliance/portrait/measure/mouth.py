"""Mouth and expression."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.measure.patch import luminance
from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement

_UPPER_LIP, _LOWER_LIP = (81, 13, 311), (178, 14, 402)  # inner edges: right, middle, left
_EYE_CORNERS, _MOUTH_CORNERS = (33, 263), (61, 291)
_GAP_PLACES = np.array((*_EYE_CORNERS, *_UPPER_LIP, *_LOWER_LIP))
_CORNER_PLACES = np.array((*_EYE_CORNERS, _UPPER_LIP[1], _LOWER_LIP[1], *_MOUTH_CORNERS))
# Edges of the lips from the person's right corner to the left one, eleven points each.
_OUTER_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
_OUTER_LOWER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
_INNER_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_INNER_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
_COLUMNS, _ROWS = 96, 64  # of the straightened lips
_SEAM, _UPPER_BODY, _LOWER_BODY = (
    slice(16, 48),
    slice(8, 19),
    slice(42, 52),
)  # rows of the seam and of the lips beside it
_DARK = 0.25  # of the light on the darker lip: less is the inside of the mouth, not a closed seam

Plane = NDArray[np.float32]


def gap(subject: Subject) -> Measurement:
    """Gap between the inner edges of the lips, in percent of the distance between the outer eye corners."""
    if subject.seen.mesh is None:
        return Measurement.failed("no face", "%")
    right, left, *lips = subject.seen.mesh.points[_GAP_PLACES, :2].tolist()
    widest = max(math.dist(high, low) for high, low in zip(lips[:3], lips[3:], strict=True))
    return Measurement.of(widest / max(math.dist(right, left), 1e-6) * 100, "%")


def seam(subject: Subject) -> Measurement:
    """Thickness of the darkness between the lips, in percent of the distance between the outer eye corners: lips that hardly part
    move no landmark, but let the dark of the mouth be seen. The upper fifth over the middle of the mouth."""
    if subject.seen.mesh is None:
        return Measurement.failed("no face", "%")
    lips, thickness = _straightened(subject.seen.picture, subject.seen.mesh.points[:, :2])
    light = luminance(lips)
    lit = min(float(np.median(np.median(light[rows], axis=0))) for rows in (_UPPER_BODY, _LOWER_BODY))
    dark = (light[_SEAM] < _DARK * lit) * thickness[_SEAM]
    return Measurement.of(float(np.percentile(dark.sum(axis=0), 80)), "%")


def smile(subject: Subject) -> Measurement:
    """How broadly the face smiles, 0 to 1 (blendshapes mouthSmile, mean of both sides)."""
    found = subject.seen.expression
    if not found:
        return Measurement.failed("no face")
    return Measurement.of((found["mouthSmileLeft"] + found["mouthSmileRight"]) / 2)


def corners(subject: Subject) -> Measurement:
    """How far the corners of the mouth are drawn up above its middle, in percent of the distance between the outer eye corners,
    across the line of the eyes."""
    if subject.seen.mesh is None:
        return Measurement.failed("no face", "%")
    right, left, high, low, *ends = subject.seen.mesh.points[_CORNER_PLACES, :2].tolist()
    length = max(math.dist(right, left), 1e-6)
    down = ((right[1] - left[1]) / length, (left[0] - right[0]) / length)
    up = [(high[k] + low[k] - ends[0][k] - ends[1][k]) / 2 for k in (0, 1)]
    return Measurement.of((up[0] * down[0] + up[1] * down[1]) / length * 100, "%")


def _span(points: NDArray[np.float32]) -> float:
    return max(float(np.linalg.norm(points[_EYE_CORNERS[1]] - points[_EYE_CORNERS[0]])), 1e-6)


def _straightened(picture: NDArray[np.uint8], points: Plane) -> tuple[NDArray[np.uint8], Plane]:
    """The middle of the mouth with its seam as a straight line in the middle row, upper lip above, lower lip below; and the
    height of each of its pixels in percent of the distance between the outer eye corners."""
    along, known = np.linspace(0.2, 0.8, _COLUMNS), np.linspace(0, 1, len(_OUTER_UPPER))

    def curve(line: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.stack([np.interp(along, known, line[:, axis]) for axis in (0, 1)], axis=1)

    upper, lower = curve(points[list(_OUTER_UPPER)]), curve(points[list(_OUTER_LOWER)])
    middle = curve((points[list(_INNER_UPPER)] + points[list(_INNER_LOWER)]) / 2)
    across = np.linspace(-1, 1, _ROWS)[:, None, None]
    places = middle + np.where(across < 0, (upper - middle) * -across, (lower - middle) * across)
    lips = cv2.remap(picture, places.astype(np.float32), np.zeros(0, np.float32), cv2.INTER_LINEAR)
    heights = [np.linalg.norm(edge - middle, axis=1) for edge in (upper, lower)]
    thickness = np.where(across[:, :, 0] < 0, heights[0], heights[1]) / (_ROWS / 2) / _span(points) * 100
    return np.asarray(lips, np.uint8), thickness.astype(np.float32)
