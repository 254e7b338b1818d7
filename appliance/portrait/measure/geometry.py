"""Where head and shoulders lie in the photo, in pixels of the photo."""

from __future__ import annotations

import math

import numpy as np

from appliance.portrait.crop import Head
from appliance.portrait.measure.patch import Mask
from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.segments import Segment, Segments, among

_SHOULDER_REACH = (0.7, 0.8, 0.9, 1.0)  # face widths from the neck at which the shoulder line is read
# Where the neck is looked for, in face widths: beside the midline and below the chin; its least width; how far off it may lie.
_NECK_REACH, _NECK_TOP, _NECK_BOTTOM, _NECK_LEAST, _NECK_OFF = 0.6, 0.05, 0.3, 0.2, 0.13
_BODY = 0.5


def centred(subject: Subject) -> Measurement:
    """Distance of the face's midline from the photo's, in percent of its width; positive to the right, which is
    the person's own left."""
    if subject.head is None or subject.crop is None:
        return Measurement.failed("no face", "%")
    u, _ = subject.crop.at(subject.head.midline, subject.head.eyes)
    share = (u / subject.profile.width - 0.5) * 100
    return Measurement.of(share, "%", "move_left" if share < 0 else "move_right")


def hair_top(subject: Subject) -> Measurement:
    """Upper edge to the top of the hair. When the hair is cut off by the picture, that is what is measured: 0."""
    head, crop = subject.head, subject.crop
    if head is None or crop is None or head.hair_top is None:
        return Measurement.failed("the top of the hair was not found", "px")
    if head.hair_top <= 0:
        return Measurement.of(0.0, "px", "down")
    value = crop.at(head.midline, head.hair_top)[1]
    low, high = subject.profile.limit("geometry.hair_top")
    return Measurement.of(value, "px", "down" if value < low else "up" if value > high else None)


def eyes(subject: Subject) -> Measurement:
    """Upper edge to the line of the eyes."""
    if subject.head is None or subject.crop is None:
        return Measurement.failed("no face", "px")
    value = subject.crop.at(subject.head.midline, subject.head.eyes)[1]
    low, high = subject.profile.limit("geometry.eyes")
    return Measurement.of(value, "px", "down" if value < low else "up" if value > high else None)


def face_width(subject: Subject) -> Measurement:
    """Cheek to cheek."""
    if subject.head is None or subject.crop is None:
        return Measurement.failed("no face", "px")
    value = subject.head.face_width * subject.crop.scale
    low, high = subject.profile.limit("geometry.face_width")
    return Measurement.of(value, "px", "closer" if value < low else "back" if value > high else None)


def shoulders(subject: Subject) -> Measurement:
    """Tilt of the shoulder line in degrees, positive when the left one in the picture is higher: heights of the shoulders at equal
    distances from the middle of the neck, which a head held a little to the side does not move."""
    head, crop, segments = subject.head, subject.crop, subject.seen.segments
    if head is None or crop is None or segments is None:
        return Measurement.failed("no face", "°")
    body = among(segments.classes, Segment.CLOTHES, Segment.BODY_SKIN)  # hair may hang beside the neck
    tilts, axis = [], _neck(segments, head)
    for reach in _SHOULDER_REACH:
        left = _shoulder(segments, head, body, axis - reach * head.face_width)
        right = _shoulder(segments, head, body, axis + reach * head.face_width)
        if left is not None and right is not None:
            tilts.append(math.degrees(math.atan2(right - left, 2 * reach * head.face_width)))
    if not tilts:
        return Measurement.failed("a shoulder is outside the picture", "°")
    tilt = float(np.median(tilts))
    return Measurement.of(tilt, "°", "lower_left" if tilt > 0 else "lower_right")


def body_missing(subject: Subject) -> Measurement:
    """How far above the photo's lower edge the picture ends, photo pixels: the body would float."""
    head, crop = subject.head, subject.crop
    if head is None or crop is None:
        return Measurement.failed("no face", "px")
    bottom = crop.at(head.midline, subject.seen.size[1])[1]
    return Measurement.of(max(0.0, subject.profile.height - bottom), "px", "up")


def _neck(segments: Segments, head: Head) -> float:
    """Middle of the neck, working pixels; the face's midline where the neck is not seen. Hair on one side of the neck can make it
    seem to lie elsewhere, hence not far from the midline."""
    x, width = head.midline, head.face_width
    beside = segments.classes_within(
        x - _NECK_REACH * width,
        head.chin + _NECK_TOP * width,
        x + _NECK_REACH * width,
        head.chin + _NECK_BOTTOM * width,
    )
    skin = among(beside, Segment.BODY_SKIN, Segment.FACE_SKIN)
    wide = skin.sum(axis=1) > _NECK_LEAST * width / segments.cell[0]
    if wide.sum() < 3:
        return x
    edges = (skin[wide].argmax(axis=1) + skin.shape[1] - skin[wide, ::-1].argmax(axis=1)) / 2
    start = segments.box[0] + max(0, segments.column(x - _NECK_REACH * width)) * segments.cell[0]
    middle = start + float(np.median(edges)) * segments.cell[0]
    return min(max(middle, x - _NECK_OFF * width), x + _NECK_OFF * width)


def _shoulder(segments: Segments, head: Head, body: Mask, x: float) -> float | None:
    """Height of the shoulder at `x`, working pixels; `None` where there is none."""
    column = segments.column(x)
    if not 0 <= column < body.shape[1]:
        return None
    start = max(0, segments.row(head.chin - 0.1 * head.face_width))
    beside = slice(max(0, column - 2), column + 3)
    columns = body[start:, beside]
    found = np.count_nonzero(columns, axis=1) > _BODY * columns.shape[1]
    first = int(found.argmax()) if found.size else 0
    if not found.size or not found[first]:
        return None
    top = start + first
    over = segments.classes[max(0, top - 3) : top, beside] == Segment.HAIR
    if over.size and over.mean() > _BODY:  # hair hangs over the shoulder: its line is not seen here
        return None
    return segments.box[1] + float(top) * segments.cell[1]
