"""What hair covers: brows and eyes."""

from __future__ import annotations

import numpy as np

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.segments import Classes, Segment

RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
_EYES = ((33, 133), (263, 362))  # outer and inner corners
_EYE_SIDE, _EYE_ABOVE, _EYE_BELOW = 0.75, 0.45, 0.6  # of the corners' distance, about the eye's middle


def brows(subject: Subject) -> Measurement:
    """Share of the brows that is hair, percent; the more covered brow counts."""
    mesh = subject.seen.mesh
    if mesh is None:
        return Measurement.failed("no face", "%")
    boxes = []
    for ring in (RIGHT_BROW, LEFT_BROW):
        low, high = mesh.points[list(ring), :2].min(axis=0), mesh.points[list(ring), :2].max(axis=0)
        boxes.append(cells_of(subject, float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    return most_hair(boxes, "the brows were not found")


def eyes(subject: Subject) -> Measurement:
    """Share of what is around the eyes that is hair, percent; the more covered eye counts."""
    return most_hair(eye_cells(subject), "the eyes were not found")


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
        found.append(cells_of(subject, *box))
    return found


def cells_of(subject: Subject, x0: float, y0: float, x1: float, y1: float) -> Classes | None:
    """The segments within a box in pixels of the working picture; `None` where there are none."""
    segments = subject.seen.segments
    cells = None if segments is None else segments.classes_within(x0, y0, x1, y1)
    return cells if cells is not None and cells.size else None


def most_hair(boxes: list[Classes | None], missing: str) -> Measurement:
    """The share of hair in the box that has most of it, percent, the person's right side first; unmeasured, because of `missing`,
    where one is not seen."""
    covered = []
    for box in boxes:
        if box is None:
            return Measurement.failed(missing, "%")
        covered.append(float((box == Segment.HAIR).mean()) * 100)
    return Measurement.of(max(covered), "%", "right" if covered[0] >= covered[-1] else "left")
