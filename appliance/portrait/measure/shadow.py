"""Shadows and shine on the face, against the light on its cheeks."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from appliance.portrait.measure.light import LEFT_CHEEK, RIGHT_CHEEK, VEIL
from appliance.portrait.measure.patch import OVAL, Patch, luminance
from appliance.portrait.measure.subject import Subject
from appliance.portrait.measure.worn import glasses
from appliance.portrait.measurement import Measurement
from models.segments import Segment, among

_SOCKETS = ((31, 228, 229, 230, 231, 232, 121, 120, 119, 118, 117, 111), (261, 448, 449, 450, 451, 452, 350, 349, 348))
_UNDER_NOSE = ((98, 165, 167, 164, 2), (327, 391, 393, 164, 2))  # the upper lip below each nostril
_SHINE = 235  # 8-bit level of the darkest channel from which skin shows no colour
_NECK_WIDTH, _NECK_TOP, _NECK_BOTTOM = 0.2, 0.04, 0.2  # face widths from the midline, and below the chin
_LEAST_NECK = 0.3  # of that box: with less skin in it there is nothing a shadow could fall on


def sockets(subject: Subject) -> Measurement:
    """How much darker it is under the eyes than on the cheeks, in stops: light from above leaves the sockets dark. 0 behind
    glasses, whose tint is measured by itself."""
    if any(glasses(subject) or ()):
        return Measurement.of(0.0, "EV")
    return _against_cheeks(subject, lambda face: [_light(face, ring) for ring in _SOCKETS], max)


def nose(subject: Subject) -> Measurement:
    """How much more light falls on one side of the upper lip than on the other, in stops: the nose throws a shadow there. A
    moustache, which darkens both sides alike, is no shadow."""

    def sides(stops: list[float]) -> float:
        return abs(stops[0] - stops[1])

    return _against_cheeks(subject, lambda face: [_light(face, ring) for ring in _UNDER_NOSE], sides)


def chin(subject: Subject) -> Measurement:
    """How much darker the neck is below the chin than the cheeks, in stops; 0 where a collar or beard leaves no skin to see."""
    seen, head, segments = subject.seen, subject.head, subject.seen.segments
    if head is None or segments is None:
        return Measurement.failed("no face", "EV")
    x, width = head.midline, head.face_width
    box = (
        x - _NECK_WIDTH * width,
        head.chin + _NECK_TOP * width,
        x + _NECK_WIDTH * width,
        head.chin + _NECK_BOTTOM * width,
    )
    classes = segments.classes_within(*box)
    x0, y0, x1, y1 = (max(0, round(edge)) for edge in box)
    neck = seen.picture[y0:y1:2, x0:x1:2]
    skin = among(classes, Segment.BODY_SKIN, Segment.FACE_SKIN)
    if not neck.size or not skin.size or skin.mean() < _LEAST_NECK:
        return Measurement.of(0.0, "EV")
    lit = float(np.median(luminance(np.ascontiguousarray(neck))))
    return _against_cheeks(subject, lambda _: [lit], max)


def shine(subject: Subject) -> Measurement:
    """Share of the face whose skin shines white, percent: a highlight or spot."""
    if subject.face is None:
        return Measurement.failed("no face", "%")
    face = subject.face.every(2)
    share = float((face.pixels[face.ring(OVAL)].min(axis=1) >= _SHINE).mean())
    return Measurement.of(share * 100, "%", "shine")


def _against_cheeks(
    subject: Subject, places: Callable[[Patch], list[float | None]], worst: Callable[[list[float]], float]
) -> Measurement:
    face = subject.lit
    if face is None:
        return Measurement.failed("no face", "EV")
    cheeks = face.light[face.ring(RIGHT_CHEEK) | face.ring(LEFT_CHEEK)]
    lights = [light for light in places(face) if light is not None]
    if not cheeks.size or not lights:
        return Measurement.failed("no cheeks were found", "EV")
    beside = float(np.median(cheeks)) + VEIL
    return Measurement.of(worst([math.log2(beside / (light + VEIL)) for light in lights]), "EV", "from_above")


def _light(face: Patch, ring: tuple[int, ...]) -> float | None:
    found = face.light[face.ring(ring)]
    return float(np.median(found)) if found.size else None
