"""What covers the head: hair over the brows, hats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.segments import Segment

_BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))


def brows(subject: Subject) -> Measurement:
    """Share of the brows that is hair, percent; the more covered brow counts."""
    shares = subject.seen.segments
    if shares is None or subject.seen.mesh is None:
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
    shares, head = subject.seen.segments, subject.head
    if shares is None or head is None or subject.seen.mesh is None:
        return Measurement.failed("no face", "%")
    side = shares.shape[0]
    across, down = side / subject.seen.size[0], side / subject.seen.size[1]
    bottom = float(subject.seen.mesh.points[list(_BROWS[0] + _BROWS[1]), 1].min())
    top = max(0.0, bottom - head.face_width)
    half = head.face_width * 0.6
    region = shares[
        int(top * down) : int(bottom * down),
        max(0, int((head.midline - half) * across)) : int((head.midline + half) * across),
    ]
    classes = region.argmax(axis=2)
    person = classes[classes != Segment.BACKGROUND]
    if person.size < 12:
        return Measurement.failed("the head above the brows was not found", "%")
    return Measurement.of(float(np.isin(person, (Segment.CLOTHES, Segment.OTHER)).mean()) * 100, "%")


def _box(subject: Subject, ring: tuple[int, ...]) -> NDArray[np.float32] | None:
    shares, mesh = subject.seen.segments, subject.seen.mesh
    if shares is None or mesh is None:
        return None
    side = shares.shape[0]
    scale = np.array([side / subject.seen.size[0], side / subject.seen.size[1]])
    points = mesh.points[list(ring), :2] * scale
    (x0, y0), (x1, y1) = np.floor(points.min(axis=0)).astype(int), np.ceil(points.max(axis=0)).astype(int)
    box = shares[max(0, y0) : y1, max(0, x0) : x1]
    return box if box.size else None
