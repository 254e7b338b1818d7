"""What is behind the person."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Measurement
from models.segments import Segment

_SURE = 0.9  # share of background from which a pixel is nothing else
_LEAST = 0.02  # of the picture: with less wall than that nothing can be said
_GRID = 256


def uniform(subject: Subject) -> Measurement:
    """How uneven the wall is, in 8-bit levels: the spread that is left once a smooth gradient is taken away (a capture's
    wall is replaced, so that only objects and edges disturb), or the whole spread on a finished photo."""
    wall = wall_pixels(subject)
    if wall is None:
        return Measurement.failed("no background was found")
    colours, rows, columns = wall
    if subject.stage is Stage.PHOTO:
        return Measurement.of(float(np.abs(colours - np.median(colours, axis=0)).max(axis=1).mean()))
    y, x = rows / _GRID - 0.5, columns / _GRID - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)
    fitted, *_ = np.linalg.lstsq(terms, colours, rcond=None)
    left = colours - terms @ fitted
    return Measurement.of(float(np.sqrt((left**2).mean(axis=0)).max()))


def colour(subject: Subject) -> Measurement:
    """Distance of the wall's median colour from the profile's, ΔE (CIE 1976)."""
    wall = wall_pixels(subject)
    if wall is None:
        return Measurement.failed("no background was found", "ΔE")
    found: NDArray[np.float64] = np.median(wall[0], axis=0)[::-1]
    return Measurement.of(difference(found, np.array(subject.profile.background, np.float64)), "ΔE")


def difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """ΔE (CIE 1976) between two sRGB colours, 0 to 255."""
    return float(np.linalg.norm(_lab(one) - _lab(other)))


def wall_pixels(subject: Subject) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] | None:
    """Colours (n, 3), BGR, 0 to 255, of the wall away from the person, and their rows and columns on a grid of 256; `None` where
    too little of it is seen."""
    segments = subject.seen.segments
    if segments is None:
        return None
    mask = (segments.shares[:, :, Segment.BACKGROUND] > _SURE).astype(np.uint8)
    mask = np.asarray(cv2.erode(mask, np.ones((9, 9), np.uint8)), np.uint8)
    rows, columns = np.nonzero(mask)
    if rows.size < _LEAST * mask.size:
        return None
    x0, y0, x1, y1 = (round(edge) for edge in segments.box)
    part = subject.seen.picture[max(0, y0) : y1, max(0, x0) : x1]
    if part.size == 0:
        return None
    small = cv2.resize(part, (_GRID, _GRID), interpolation=cv2.INTER_AREA)
    return small[rows, columns].astype(np.float64), rows.astype(np.float64), columns.astype(np.float64)


def _lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB (D65) of one sRGB colour."""
    pixel = np.asarray(rgb, np.float32).reshape(1, 1, 3) / 255
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_RGB2LAB)[0, 0], np.float64)
