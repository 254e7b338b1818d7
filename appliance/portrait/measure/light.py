"""Light on the face."""

from __future__ import annotations

import numpy as np

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement

_OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152)
_OVAL_RIGHT = (148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)
_RIGHT_CHEEK = (117, 118, 101, 36, 203, 206, 207, 187, 123)
_LEFT_CHEEK = (346, 347, 330, 266, 423, 426, 427, 411, 352)
_CLIPPED = 252
_SHARE = 0.02  # of the face's pixels: more that are clipped is a highlight


def even(subject: Subject) -> Measurement:
    """Difference between the cheeks' median luminance, in percent of the brighter one."""
    right, left = subject.polygon(_RIGHT_CHEEK), subject.polygon(_LEFT_CHEEK)
    if right is None or left is None or not right.any() or not left.any():
        return Measurement.failed("no cheeks were found", "%")
    a, b = float(np.median(subject.grey[right])), float(np.median(subject.grey[left]))
    return Measurement.of(abs(a - b) / max(a, b, 1.0) * 100, "%", "right_dark" if a < b else "left_dark")


def exposure(subject: Subject) -> Measurement:
    """Median luminance of the face, 0 to 255; 255 when more than 2 % of it is clipped."""
    face = subject.polygon(_OVAL + _OVAL_RIGHT)
    if face is None or not face.any():
        return Measurement.failed("no face")
    values = subject.grey[face]
    if float((values >= _CLIPPED).mean()) > _SHARE:
        return Measurement.of(255.0, "", "bright")
    median = float(np.median(values))
    low, _high = subject.profile.limit("light.exposure")
    return Measurement.of(median, "", "dark" if median < low else "bright")
