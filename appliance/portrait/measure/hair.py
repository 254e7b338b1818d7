"""What hair covers: brows, eyes, ears."""

from __future__ import annotations

import numpy as np

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.mesh import LEFT_CHEEK, LEFT_EYE, RIGHT_CHEEK, RIGHT_EYE
from models.segments import Classes, Segment

RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
_EYES = ((33, 133), (263, 362))  # outer and inner corners
_EYE_SIDE, _EYE_ABOVE, _EYE_BELOW = 0.75, 0.45, 0.6  # of the corners' distance, about the eye's middle
_NOSE_BASE = 2
# An ear reaches from the line of the eyes to the base of the nose, and this far out from the cheek, in face widths.
_EAR_YAW, _EAR_ROLL = 15.0, 15.0  # degrees beyond which ears are not where they are looked for
_EAR_OUT, _EAR_IN, _EAR_ABOVE, _EAR_BELOW = 0.17, 0.01, 0.05, 0.02


def brows(subject: Subject) -> Measurement:
    """Share of the brows that is hair, percent; the more covered brow counts."""
    mesh = subject.seen.mesh
    if mesh is None:
        return Measurement.failed("no face", "%")
    boxes = []
    for ring in (RIGHT_BROW, LEFT_BROW):
        low, high = mesh.points[list(ring), :2].min(axis=0), mesh.points[list(ring), :2].max(axis=0)
        boxes.append(_classes(subject, float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    return _most_hair(boxes, "the brows were not found")


def eyes(subject: Subject) -> Measurement:
    """Share of what is around the eyes that is hair, percent; the more covered eye counts."""
    return _most_hair(eye_cells(subject), "the eyes were not found")


def ears(subject: Subject) -> Measurement:
    """Share of the place of an ear that is hair, percent; the more covered side counts."""
    return _most_hair(_ear_cells(subject), "the sides of the head were not found")


def ear_width(subject: Subject) -> Measurement:
    """How far skin reaches out from the cheek at the height of the ears, in percent of the face's width; the side where less
    of an ear shows counts. The upper quartile over the rows: an ear is widest at one height."""
    mesh, segments = subject.seen.mesh, subject.seen.segments
    cells = _ear_cells(subject)
    if mesh is None or segments is None or any(side is None for side in cells):
        return Measurement.failed("the sides of the head were not found", "%")
    width = float(np.linalg.norm(mesh.points[LEFT_CHEEK, :2] - mesh.points[RIGHT_CHEEK, :2]))
    shown = []
    for side in cells:
        if side is None:
            continue
        skin = (side == Segment.FACE_SKIN) | (side == Segment.BODY_SKIN)
        shown.append(float(np.percentile(skin.sum(axis=1), 75)) * segments.cell[0] / max(width, 1e-6) * 100)
    return Measurement.of(min(shown), "%", "right" if shown[0] <= shown[1] else "left")


def eye_cells(subject: Subject) -> list[Classes | None]:
    """The segments about each eye, the person's right one first; `None` where there are none."""
    mesh = subject.seen.mesh
    if mesh is None:
        return [None]
    found = []
    for outer, inner in _EYES:
        x, y = (float(value) for value in mesh.points[[outer, inner], :2].mean(axis=0))
        size = float(np.linalg.norm(mesh.points[outer, :2] - mesh.points[inner, :2]))
        box = (x - _EYE_SIDE * size, y - _EYE_ABOVE * size, x + _EYE_SIDE * size, y + _EYE_BELOW * size)
        found.append(_classes(subject, *box))
    return found


def _ear_cells(subject: Subject) -> list[Classes | None]:
    """The segments where each ear is, the person's right one first; `None` where there are none, or where a head that is turned
    or tilted has its ears elsewhere."""
    mesh, pose = subject.seen.mesh, subject.pose
    if mesh is None or pose is None or abs(pose.yaw) > _EAR_YAW or abs(pose.roll) > _EAR_ROLL:
        return [None]
    width = float(np.linalg.norm(mesh.points[LEFT_CHEEK, :2] - mesh.points[RIGHT_CHEEK, :2]))
    top = float(mesh.points[[RIGHT_EYE, LEFT_EYE], 1].mean()) - _EAR_ABOVE * width
    bottom = float(mesh.points[_NOSE_BASE, 1]) + _EAR_BELOW * width
    right, left = float(mesh.points[RIGHT_CHEEK, 0]), float(mesh.points[LEFT_CHEEK, 0])
    return [
        _classes(subject, right - _EAR_OUT * width, top, right + _EAR_IN * width, bottom),
        _classes(subject, left - _EAR_IN * width, top, left + _EAR_OUT * width, bottom),
    ]


def _classes(subject: Subject, x0: float, y0: float, x1: float, y1: float) -> Classes | None:
    segments = subject.seen.segments
    cells = None if segments is None else segments.classes_within(x0, y0, x1, y1)
    return cells if cells is not None and cells.size else None


def _most_hair(boxes: list[Classes | None], missing: str) -> Measurement:
    covered = []
    for box in boxes:
        if box is None:
            return Measurement.failed(missing, "%")
        covered.append(float((box == Segment.HAIR).mean()) * 100)
    return Measurement.of(max(covered), "%", "right" if covered[0] >= covered[-1] else "left")
