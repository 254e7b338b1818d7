"""The edge of a screen or sheet around the person: straight lines left and right of the head, joined by a third."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement

_LONGER = 320  # pixels, the longer side of the picture in which lines are looked for
_STEEP = 15.0  # degrees from the axes: a picture held before the camera hangs no more askew
_REACH = 0.25  # face heights within which the ends of two lines meet
_MARGIN = 4  # pixels: the edge of the picture itself is no line in it
_LEAST = 0.6  # face heights: shorter lines are not looked at


@dataclass(frozen=True, slots=True)
class _Line:
    """From (x0, y0) to (x1, y1): upper to lower end of an upright line, left to right end of a level one."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def length(self) -> float:
        return math.hypot(self.x1 - self.x0, self.y1 - self.y0)


def frame(subject: Subject) -> Measurement:
    """The shortest of three lines that frame the head, left, right, and above or below, in percent of the height from eyes to chin
    doubled (a face); 0 where no three lines meet."""
    head, seen = subject.head, subject.seen
    if head is None:
        return Measurement.failed("no face", "%")
    scale = min(1.0, _LONGER / max(seen.size))
    grey = cv2.cvtColor(seen.picture, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    face = max(2 * (head.chin - head.eyes), 1.0) * scale
    least = max(12.0, _LEAST * face)
    edges = cv2.Canny(cv2.GaussianBlur(small, (0, 0), 1.0), 20, 60)
    edges[:_MARGIN], edges[-_MARGIN:], edges[:, :_MARGIN], edges[:, -_MARGIN:] = 0, 0, 0, 0
    found = cv2.HoughLinesP(
        edges, 1, np.pi / 360, max(10, round(0.6 * least)), minLineLength=least, maxLineGap=0.25 * face
    )
    lines = found.reshape(-1, 4).tolist() if isinstance(found, np.ndarray) else []  # None where there is no line at all
    upright, level = _sorted(lines)
    midline, half = head.midline * scale, 0.5 * head.face_width * scale
    left = [line for line in upright if max(line.x0, line.x1) < midline - half]
    right = [line for line in upright if min(line.x0, line.x1) > midline + half]
    return Measurement.of(_closed(left, right, level, _REACH * face) / face * 100, "%", "framed")


def _sorted(lines: list[list[float]]) -> tuple[list[_Line], list[_Line]]:
    upright, level = [], []
    for x0, y0, x1, y1 in lines:
        angle = abs(math.degrees(math.atan2(y1 - y0, x1 - x0))) % 180
        if abs(angle - 90) <= _STEEP:
            upright.append(_Line(x0, y0, x1, y1) if y0 < y1 else _Line(x1, y1, x0, y0))
        elif min(angle, 180 - angle) <= _STEEP:
            level.append(_Line(x0, y0, x1, y1) if x0 < x1 else _Line(x1, y1, x0, y0))
    return upright, level


def _closed(left: list[_Line], right: list[_Line], level: list[_Line], reach: float) -> float:
    """The longest shortest side of three lines whose ends meet, pixels."""
    best = 0.0
    for across in level:
        for a in left:
            if not _meets(a, across.x0, across.y0, reach):
                continue
            for b in right:
                if _meets(b, across.x1, across.y1, reach):
                    best = max(best, min(a.length, b.length, across.length))
    return best


def _meets(line: _Line, x: float, y: float, reach: float) -> bool:
    return min(math.hypot(line.x0 - x, line.y0 - y), math.hypot(line.x1 - x, line.y1 - y)) <= reach
