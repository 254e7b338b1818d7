"""How many people there are."""

from __future__ import annotations

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement

_BYSTANDER = 0.2  # of the subject's face: a smaller face is a picture far away, or nobody
_FAINT = 0.6  # detections less sure than this count only when they are large


def single(subject: Subject) -> Measurement:
    """How many people are in the picture."""
    faces = subject.seen.faces
    if subject.seen.mesh is None:
        return Measurement(0.0, "人", None, "nobody")
    largest = max((face.size for face in faces), default=0.0)
    people = [f for f in faces if f.size >= _BYSTANDER * largest and (f.score >= _FAINT or f.size >= 0.5 * largest)]
    count = max(1, len(people))
    return Measurement(float(count), "人", None, "others" if count > 1 else None)
