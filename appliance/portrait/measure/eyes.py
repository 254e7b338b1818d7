"""Eyes: open, looking ahead, not red."""

from __future__ import annotations

import math

import cv2
import numpy as np

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.mesh import Mesh

# Outer corner, inner corner, iris centre and its ring: the person's right eye, then the left.
_EYES = ((33, 133, 468, (469, 470, 471, 472)), (263, 362, 473, (474, 475, 476, 477)))
_PLACES = [33, 133, 468, 362, 263, 473]  # corners from left to right in the picture, and the iris, of either eye
_EYEBALL = 12.0 / 30.0  # radius of an eyeball over the distance of the corners: about 12 mm and 30 mm in adults
# Where the iris lies between the corners of people who look into the lens, and how that moves with the head, in shares of the
# corners' distance: regression over 122 pictures of 61 people (tests/bench/accuracy.py prints it), left with 0.010 and 0.015.
_SIDEWAYS, _SIDEWAYS_YAW = 0.0074, 0.0030
_DOWN, _DOWN_PITCH = -0.0805, 0.0006
_REDNESS_FLOOR = 24.0  # 8-bit levels: a dark pupil's noise is no colour


def shut(subject: Subject) -> Measurement:
    """How far the more closed eye is shut, 0 to 1 (blendshape eyeBlink)."""
    found = subject.seen.expression
    if not found:
        return Measurement.failed("no face")
    return Measurement.of(max(found["eyeBlinkLeft"], found["eyeBlinkRight"]))


def sideways(subject: Subject) -> Measurement:
    """How far the eyes look past the lens to a side, degrees; positive to the right of the picture."""
    mesh, pose = subject.seen.mesh, subject.pose
    if mesh is None or pose is None:
        return Measurement.failed("no face", "°")
    across, _ = _iris(mesh)
    return Measurement.of(_angle(across - _SIDEWAYS - _SIDEWAYS_YAW * pose.yaw), "°")


def upward(subject: Subject) -> Measurement:
    """How far the eyes look above or below the lens, degrees; positive downwards."""
    mesh, pose = subject.seen.mesh, subject.pose
    if mesh is None or pose is None:
        return Measurement.failed("no face", "°")
    _, down = _iris(mesh)
    return Measurement.of(_angle(down - _DOWN - _DOWN_PITCH * pose.pitch), "°")


def red(subject: Subject) -> Measurement:
    """How much redder the redder pupil is than it is bright: red over the larger of green and blue, less 1."""
    face = subject.face
    if face is None:
        return Measurement.failed("no face")
    found = []
    for *_, centre, ring in _EYES:
        radius = float(np.linalg.norm(face.points[list(ring)] - face.points[centre], axis=1).mean()) * 0.5
        mask = np.zeros(face.pixels.shape[:2], np.uint8)
        x, y = (round(float(value)) for value in face.points[centre])
        cv2.circle(mask, (x, y), max(1, round(radius)), (1,), -1)
        pupil = face.pixels[mask.astype(bool)]
        if not pupil.size:
            return Measurement.failed("the pupils are outside the picture")
        blue, green, red_ = (float(value) for value in np.median(pupil, axis=0))
        found.append((red_ + _REDNESS_FLOOR) / (max(green, blue) + _REDNESS_FLOOR) - 1)
    return Measurement.of(max(found))


def _iris(mesh: Mesh) -> tuple[float, float]:
    """The mean place of both irises between the corners of their eyes: to the right of the picture, and down, in shares of the
    corners' distance. The mean of both cancels how far apart they look."""
    across, down = 0.0, 0.0
    places: list[list[float]] = mesh.points[_PLACES, :2].tolist()  # plain arithmetic: for six points the fastest
    for (x0, y0), (x1, y1), (x, y) in (places[:3], places[3:]):
        length = max(math.hypot(x1 - x0, y1 - y0), 1e-6)
        along_x, along_y = (x1 - x0) / length, (y1 - y0) / length
        right, below = x - (x0 + x1) / 2, y - (y0 + y1) / 2
        across += (right * along_x + below * along_y) / length
        down += (below * along_x - right * along_y) / length
    return across / 2, down / 2


def _angle(share: float) -> float:
    return math.degrees(math.asin(min(1.0, max(-1.0, share / _EYEBALL))))
