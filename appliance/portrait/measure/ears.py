"""Ears: how far each stands out beside the face, and how much of its place is hair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.portrait.measure.hair import cells_of, most_hair
from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.mesh import LEFT_CHEEK, LEFT_EYE, RIGHT_CHEEK, RIGHT_EYE
from models.segments import Classes, Segment

_NOSE_BASE = 2
_MOUTH_CORNERS = (61, 291)
_EAR_YAW, _EAR_ROLL = 15.0, 15.0  # degrees beyond which ears are not where they are looked for
# An ear reaches from the line of the eyes to the base of the nose, and this far out from the cheek, in face widths.
_OUT, _IN, _ABOVE, _BELOW = 0.17, 0.01, 0.05, 0.02
_INNER, _OUTER = (
    0.06,
    0.30,
)  # face widths inside and outside of the cheek between which the outline of the skin is followed
_NOTCH = 2.0  # what the notch below a lobe counts over the same width of skin beside the cheek
_SKIN = 0.5

Outline = NDArray[np.float64]


def visible(subject: Subject) -> Measurement:
    """How clearly an ear shows, in percent of the face's width; the side where less shows counts.

    How far the skin reaches out beyond the cheek between eyes and mouth, plus twice the depth of the notch in its outline under
    the ear: an ear that lies flat reaches out little but leaves a notch where the lobe ends, a full cheek reaches out and leaves
    none.
    """
    sides = _outlines(subject)
    if sides is None:
        return Measurement.failed("the sides of the head were not found", "%")
    shown = [max(0.0, float(side.max())) + _NOTCH * _notch(side) for side in sides]
    return Measurement.of(min(shown), "%", "right" if shown[0] <= shown[1] else "left")


def under_hair(subject: Subject) -> Measurement:
    """Share of the place of an ear that is hair, percent; the more covered side counts."""
    return most_hair(_places(subject), "the sides of the head were not found")


def _turned(subject: Subject) -> bool:
    """Whether a head is turned or tilted so far that its ears are elsewhere."""
    return subject.pose is None or abs(subject.pose.yaw) > _EAR_YAW or abs(subject.pose.roll) > _EAR_ROLL


def _places(subject: Subject) -> list[Classes | None]:
    """The segments where each ear is, the person's right one first; `None` where there are none."""
    mesh = subject.seen.mesh
    if mesh is None or _turned(subject):
        return [None]
    points = mesh.points
    width = float(np.linalg.norm(points[LEFT_CHEEK, :2] - points[RIGHT_CHEEK, :2]))
    top = float(points[[RIGHT_EYE, LEFT_EYE], 1].mean()) - _ABOVE * width
    bottom = float(points[_NOSE_BASE, 1]) + _BELOW * width
    right, left = float(points[RIGHT_CHEEK, 0]), float(points[LEFT_CHEEK, 0])
    return [
        cells_of(subject, right - _OUT * width, top, right + _IN * width, bottom),
        cells_of(subject, left - _IN * width, top, left + _OUT * width, bottom),
    ]


def _outlines(subject: Subject) -> tuple[Outline, Outline] | None:
    """How far skin reaches out without a break beyond each cheek, in percent of the face's width, row by row from the eyes to the
    mouth, the person's right side first; `None` where that is not seen."""
    mesh, segments = subject.seen.mesh, subject.seen.segments
    if mesh is None or segments is None or _turned(subject):
        return None
    points = mesh.points
    width = float(np.linalg.norm(points[LEFT_CHEEK, :2] - points[RIGHT_CHEEK, :2]))
    top = float(points[[RIGHT_EYE, LEFT_EYE], 1].mean()) - _ABOVE * width
    bottom = float(points[list(_MOUTH_CORNERS), 1].mean())
    found = []
    for cheek, way in ((RIGHT_CHEEK, -1), (LEFT_CHEEK, 1)):
        x = float(points[cheek, 0])
        inner, outer = x - way * _INNER * width, x + way * _OUTER * width
        window = segments.window(min(inner, outer), top, max(inner, outer), bottom)
        if window.shape[0] < 4 or window.shape[1] < 2:
            return None
        skin = window[:, ::way, Segment.FACE_SKIN] + window[:, ::way, Segment.BODY_SKIN]
        found.append(_reach(skin) * segments.cell[0] / max(width, 1e-6) * 100 - _INNER * 100)
    return found[0], found[1]


def _reach(skin: NDArray[np.float32]) -> Outline:
    """Cells from the first column on that are skin without a break, row by row, to a part of a cell."""
    off = ~(skin > _SKIN)
    count = np.where(off.any(axis=1), off.argmax(axis=1), skin.shape[1])
    rows = np.arange(skin.shape[0])
    last, following = skin[rows, np.maximum(count - 1, 0)], skin[rows, np.minimum(count, skin.shape[1] - 1)]
    part = np.clip((last - _SKIN) / np.maximum(last - following, 1e-6), 0, 1) - 0.5
    return np.where((count > 0) & (count < skin.shape[1]), count + part, count).astype(np.float64)


def _notch(reach: Outline) -> float:
    """How deep the outline lies within its convex hull below its widest row."""
    corners: list[tuple[int, float]] = []
    for row, value in enumerate(reach.tolist()):
        while len(corners) >= 2 and _hollow(corners[-2], corners[-1], (row, value)):
            corners.pop()
        corners.append((row, value))
    hull = np.interp(np.arange(reach.size), [row for row, _ in corners], [value for _, value in corners])
    return float((hull - reach)[int(reach.argmax()) :].max())


def _hollow(first: tuple[int, float], middle: tuple[int, float], last: tuple[int, float]) -> bool:
    return (middle[1] - first[1]) * (last[0] - first[0]) <= (last[1] - first[1]) * (middle[0] - first[0])
