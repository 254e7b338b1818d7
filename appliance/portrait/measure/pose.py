"""Which way the head is turned, axis by axis; the fit is in `head_pose.py`."""

from __future__ import annotations

from collections.abc import Callable

from appliance.portrait.measure.head_pose import Pose
from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement


def _axis(read: Callable[[Pose], float], positive: str, negative: str) -> Callable[[Subject], Measurement]:
    def measure(subject: Subject) -> Measurement:
        if subject.pose is None:
            return Measurement.failed("no face", "°")
        angle = read(subject.pose)
        return Measurement.of(angle, "°", positive if angle > 0 else negative)

    return measure


# The hint says what the person should do about it, in their own directions.
yaw = _axis(lambda pose: pose.yaw, "turn_left", "turn_right")
pitch = _axis(lambda pose: pose.pitch, "chin_up", "chin_down")
roll = _axis(lambda pose: pose.roll, "tilt_right", "tilt_left")
