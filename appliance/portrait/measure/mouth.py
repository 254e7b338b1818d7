"""Mouth and expression."""

from __future__ import annotations

import numpy as np

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement

_UPPER_LIP, _LOWER_LIP = (81, 13, 311), (178, 14, 402)  # inner edges: right, middle, left
_EYE_CORNERS = (33, 263)


def gap(subject: Subject) -> Measurement:
    """Gap between the inner edges of the lips, in percent of the distance between the outer eye corners."""
    if subject.seen.mesh is None:
        return Measurement.failed("no face", "%")
    points = subject.seen.mesh.points[:, :2]
    gaps = [float(np.linalg.norm(points[low] - points[high])) for high, low in zip(_UPPER_LIP, _LOWER_LIP, strict=True)]
    span = float(np.linalg.norm(points[_EYE_CORNERS[1]] - points[_EYE_CORNERS[0]]))
    return Measurement.of(max(gaps) / max(span, 1e-6) * 100, "%")


def smile(subject: Subject) -> Measurement:
    """How broadly the face smiles, 0 to 1 (blendshapes mouthSmile, mean of both sides)."""
    found = subject.seen.expression
    if not found:
        return Measurement.failed("no face")
    return Measurement.of((found["mouthSmileLeft"] + found["mouthSmileRight"]) / 2)
