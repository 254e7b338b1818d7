"""Clothes: apart from the background, plain, and there."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.measure.background import difference
from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.segments import Segment, among

Plane = NDArray[np.float32]
_LEAST = 0.01  # of head and shoulders
_FACE = 120  # pixels across the face, at which patterns are looked for
_THREAD, _FOLD = 0.8, 9.0  # pixels there: finer is the weave, coarser is how the cloth falls
_INSIDE = 2  # cells kept from the edge of the clothes
# Where shoulders are: from below the chin down, and beside the neck, in face widths.
_BELOW, _DOWN, _NEAR, _FAR = 0.35, 1.2, 0.6, 1.5
_FEW = 20  # cells of the person: with fewer a shoulder is not seen


def contrast(subject: Subject) -> Measurement:
    """Difference between the clothes' middle colour and the background the photo gets, ΔE (CIE 1976)."""
    grid = subject.grid
    if grid is None:
        return Measurement.failed("no face", "ΔE")
    clothes = cv2.erode((grid.classes == Segment.CLOTHES).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if clothes.mean() < _LEAST:
        return Measurement.failed("no clothes were found", "ΔE")
    colour: NDArray[np.float64] = np.median(grid.colours[clothes], axis=0)[::-1]
    return Measurement.of(difference(colour, np.array(subject.profile.background, np.float64)), "ΔE")


def pattern(subject: Subject) -> Measurement:
    """How strongly a tenth of the clothes at least differs from what is around it, ΔE (CIE 1976): stripes, checks, print. Folds and
    the weave are coarser or finer than what is looked at."""
    segments, head, picture = subject.seen.segments, subject.head, subject.seen.picture
    if segments is None or head is None:
        return Measurement.failed("no face", "ΔE")
    first = max(0, segments.row(head.chin))  # clothes lie below the chin
    x0, y0, x1, y1 = (max(0, round(edge)) for edge in segments.box)
    part = picture[y0 + round(first * segments.cell[1]) : y1, x0:x1]
    scale = min(1.0, _FACE / head.face_width)
    if first >= segments.classes.shape[0] or min(part.shape[:2]) * scale < 8:
        return Measurement.failed("no clothes were found", "ΔE")
    small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    worn = (segments.classes[first:] == Segment.CLOTHES).astype(np.uint8)
    cells = cv2.erode(worn, np.ones((2 * _INSIDE + 1,) * 2, np.uint8))
    within = cv2.resize(cells, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST).astype(np.float32)
    if within.mean() < _LEAST:
        return Measurement.failed("no clothes were found", "ΔE")
    colours = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2LAB), np.float32)
    away = _mean(colours, within, _THREAD) - _mean(colours, within, _FOLD)
    return Measurement.of(float(np.percentile(np.linalg.norm(away, axis=2)[within > 0], 90)), "ΔE", "pattern")


def bare(subject: Subject) -> Measurement:
    """Share of a shoulder that is bare skin, percent; the barer one counts. 0 where no shoulder is seen: that is another rule's."""
    segments, head = subject.seen.segments, subject.head
    if segments is None or head is None:
        return Measurement.failed("no face", "%")
    x, width = head.midline, head.face_width
    top, bottom = head.chin + _BELOW * width, head.chin + _DOWN * width
    worst = 0.0
    for side in (-1, 1):
        near, far = x + side * _NEAR * width, x + side * _FAR * width
        cells = segments.classes_within(min(near, far), top, max(near, far), bottom)
        skin = int(among(cells, Segment.BODY_SKIN, Segment.FACE_SKIN).sum())
        whole = skin + int((cells == Segment.CLOTHES).sum())
        if whole >= _FEW:
            worst = max(worst, skin / whole)
    return Measurement.of(worst * 100, "%", "bare")


def _mean(colours: Plane, within: Plane, spread: float) -> Plane:
    """Colours smoothed within the clothes only."""
    size = (2 * round(2.5 * spread) + 1,) * 2
    weighted = cv2.GaussianBlur(colours * within[:, :, None], size, spread)
    weight = cv2.GaussianBlur(within, size, spread)
    return np.asarray(weighted / np.maximum(weight, 1e-3)[:, :, None], np.float32)
