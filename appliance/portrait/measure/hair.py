"""What covers the head: hair over the brows, hats."""

from __future__ import annotations

import numpy as np

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.segments import Segment, Shares

_BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))


def brows(subject: Subject) -> Measurement:
    """Share of the brows that is hair, percent; the more covered brow counts."""
    if subject.seen.segments is None or subject.seen.mesh is None:
        return Measurement.failed("no face", "%")
    covered = []
    for ring in _BROWS:
        box = _box(subject, ring)
        if box is None:
            return Measurement.failed("the brows are too small", "%")
        covered.append(float((box.argmax(axis=2) == Segment.HAIR).mean()) * 100)
    return Measurement.of(max(covered), "%")


def bare(subject: Subject) -> Measurement:
    """Share of what is above the brows that is neither hair, skin nor wall, percent."""
    segments, head, mesh = subject.seen.segments, subject.head, subject.seen.mesh
    if segments is None or head is None or mesh is None:
        return Measurement.failed("no face", "%")
    bottom = float(mesh.points[list(_BROWS[0] + _BROWS[1]), 1].min())
    half = head.face_width * 0.6
    region = segments.window(head.midline - half, bottom - head.face_width, head.midline + half, bottom)
    classes = region.argmax(axis=2)
    person = classes[classes != Segment.BACKGROUND]
    if person.size < 12:
        return Measurement.failed("the head above the brows was not found", "%")
    return Measurement.of(float(np.isin(person, (Segment.CLOTHES, Segment.OTHER)).mean()) * 100, "%")


def _box(subject: Subject, ring: tuple[int, ...]) -> Shares | None:
    segments, mesh = subject.seen.segments, subject.seen.mesh
    if segments is None or mesh is None:
        return None
    (x0, y0), (x1, y1) = mesh.points[list(ring), :2].min(axis=0), mesh.points[list(ring), :2].max(axis=0)
    box = segments.window(float(x0), float(y0), float(x1), float(y1))
    return box if box.size else None
