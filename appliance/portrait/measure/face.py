"""Eyes, mouth, and how many people there are."""

from __future__ import annotations

import numpy as np

from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Measurement

_UPPER_LIP, _LOWER_LIP = (81, 13, 311), (178, 14, 402)  # inner edges: left, middle, right
_EYE_CORNERS = (33, 263)
_BYSTANDER = 0.2  # of the subject's face: a smaller face is a picture far away, or nobody
_FAINT = 0.6  # detections less sure than this count only when they are large


def eyes_open(subject: Subject) -> Measurement:
    """How far the more closed eye is shut, 0 to 1 (blendshape eyeBlink)."""
    found = subject.seen.expression
    if not found:
        return Measurement.failed("no face")
    return Measurement.of(max(found["eyeBlinkLeft"], found["eyeBlinkRight"]))


def mouth_closed(subject: Subject) -> Measurement:
    """Gap between the inner edges of the lips, in percent of the distance between the outer eye corners."""
    if subject.seen.mesh is None:
        return Measurement.failed("no face", "%")
    points = subject.seen.mesh.points[:, :2]
    gaps = [float(np.linalg.norm(points[low] - points[high])) for high, low in zip(_UPPER_LIP, _LOWER_LIP, strict=True)]
    span = float(np.linalg.norm(points[_EYE_CORNERS[1]] - points[_EYE_CORNERS[0]]))
    return Measurement.of(max(gaps) / max(span, 1e-6) * 100, "%")


def single(subject: Subject) -> Measurement:
    """How many people are in the picture."""
    faces = subject.seen.faces
    if not faces:
        return Measurement(0.0, "人", None, "nobody")
    largest = faces[0].size
    people = [f for f in faces if f.size >= _BYSTANDER * largest and (f.score >= _FAINT or f.size >= 0.5 * largest)]
    count = max(1, len(people))
    if subject.seen.mesh is None and subject.stage is not Stage.LIVE:
        return Measurement(0.0, "人", None, "nobody")
    return Measurement(float(count), "人", None, "others" if count > 1 else None)
