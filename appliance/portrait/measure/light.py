"""Light on the face. Everything is measured in light itself (linear), not in the values that stand for it."""

from __future__ import annotations

import math

import cv2
import numpy as np

from appliance.portrait.measure.patch import OVAL, Mask, Patch, Plane, luminance
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Measurement
from models.segments import Segment

RIGHT_CHEEK = (117, 118, 101, 36, 203, 206, 207, 187, 123)  # the person's own right
LEFT_CHEEK = (346, 347, 330, 266, 423, 426, 427, 411, 352)
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
_FOREHEAD, _CHIN, _CHEEK_EDGES = 10, 152, (234, 454)
_SIDE = 128  # pixels of the upright square
_TURNED = 20.0  # degrees beyond which both sides are not seen alike
_LEAST_FACE = 16  # pixels from forehead to chin
VEIL = 0.004  # stray light of camera and lens: below that, halves of black are not compared
_EYE_WHITE = 1.5  # the whites of the eyes, dimmed by lids and lashes, over light skin in the same light
_EYE_WHITE_MOST = 0.5  # brighter is a reflection
_SURROUNDINGS = 0.45  # light skin over the brightest things around it
_BLOWN = 253  # 8-bit level of the darkest channel
_COLOURLESS = 3.0  # chroma below which a hue says nothing


def balance(subject: Subject) -> Measurement:
    """Difference of light between the two sides of the face, in stops (factors of two): half-dark face, 阴阳脸. (ISO/IEC 29794-5
    illumination uniformity compares the same sides.)"""
    found = tilt(subject)
    if not isinstance(found.value, float):
        return found
    return Measurement.of(abs(found.value), "EV", "right_dark" if found.value < 0 else "left_dark")


def tilt(subject: Subject) -> Measurement:
    """By how many stops the face's side on the picture's left is brighter than the one on its right (signed), as `balance`.

    Each place in the middle of one side is compared with its mirror image across the line from forehead to chin, and the median
    taken: nose and mouth in the middle, and the edges, where a head turned by a few degrees already shows more of one side, say
    little about lamps; and a median moves steadily with the lamps.
    """
    face, pose = subject.lit, subject.pose
    if face is None or pose is None:
        return Measurement.failed("no face", "EV")
    if abs(pose.yaw) > _TURNED:
        return Measurement.failed("the head is turned", "EV")
    upright = _upright(face)
    if upright is None:
        return Measurement.failed("the sides of the face are too small", "EV")
    side, other = upright[_FLANK], upright[:, ::-1][_FLANK]
    return Measurement.of(float(np.median(np.log2((side + VEIL) / (other + VEIL)))), "EV")


def slope(subject: Subject) -> Measurement:
    """Difference of light between the sides of the face, in stops, over all of it: of the cheeks or of the halves, whichever is
    larger. Light that falls off slowly from one side shows more between far places than between near ones."""
    face = subject.lit
    if face is None:
        return Measurement.failed("no face", "EV")
    cheeks = _stops(face, face.ring(RIGHT_CHEEK), face.ring(LEFT_CHEEK))
    halves = _stops(face, *_halves(face))
    if cheeks is None or halves is None:
        return Measurement.failed("the sides of the face are too small", "EV")
    stops = max(cheeks, halves, key=abs)
    return Measurement.of(abs(stops), "EV", "right_dark" if stops < 0 else "left_dark")


def brightness(subject: Subject) -> Measurement:
    """Light on the brightest twentieth of the face, in percent of white.

    Dark skin is not underexposed: where the whites of the eyes or the surroundings are bright, they count in its place.
    """
    face = subject.lit
    if face is None:
        return Measurement.failed("no face", "%")
    skin = float(np.percentile(face.light[face.ring(OVAL)], 95))
    eyes = face.light[face.ring(RIGHT_EYE) | face.ring(LEFT_EYE)]
    whites = float(np.percentile(eyes, 90)) if eyes.size else 0.0
    around = _surroundings(subject)
    value = max(skin, min(whites * _EYE_WHITE, _EYE_WHITE_MOST), around * _SURROUNDINGS) * 100
    return Measurement.of(value, "%", "dark" if value < 50 else "bright")


def hue(subject: Subject) -> Measurement:
    """Hue angle of the cheeks in CIELAB, degrees: skin of every shade lies between red and yellow (ISO/IEC 29794-5 natural
    colour)."""
    face = subject.lit
    if face is None:
        return Measurement.failed("no face", "°")
    skin = face.pixels[face.ring(RIGHT_CHEEK) | face.ring(LEFT_CHEEK)]
    if not skin.size:
        return Measurement.failed("no cheeks were found", "°")
    tone = (np.median(skin, axis=0) / 255).astype(np.float32).reshape(1, 1, 3)
    _, a, b = (float(value) for value in cv2.cvtColor(tone, cv2.COLOR_BGR2LAB)[0, 0])
    if math.hypot(a, b) < _COLOURLESS:
        return Measurement.failed("the skin shows no colour", "°")
    return Measurement.of(math.degrees(math.atan2(b, a)), "°", "cast")


def range_of_tones(subject: Subject) -> Measurement:
    """How many tones the face shows: entropy of the 256 levels of its brightness, bits (ISO/IEC 29794-5 dynamic range)."""
    face = subject.face
    if face is None:
        return Measurement.failed("no face", "bit")
    grey = cv2.cvtColor(face.pixels, cv2.COLOR_BGR2GRAY)
    shares = np.bincount(grey[face.ring(OVAL)], minlength=256).astype(np.float64)
    shares = shares[shares > 0] / max(shares.sum(), 1.0)
    return Measurement.of(float(-(shares * np.log2(shares)).sum()), "bit", "flat")


def clipped_wall(subject: Subject) -> Measurement:
    """Share of the wall that is blown out, percent: such light wraps around hair and hides how bright the person is lit. 0 where
    no wall is seen."""
    wall = subject.wall
    share = 0.0 if wall is None else float((wall.colours.min(axis=1) >= _BLOWN).mean())
    return Measurement.of(share * 100, "%", "bright_wall")


def _stops(face: Patch, right: Mask, left: Mask) -> float | None:
    if not right.any() or not left.any():
        return None
    return math.log2((float(np.median(face.light[right])) + VEIL) / (float(np.median(face.light[left])) + VEIL))


def _halves(face: Patch) -> tuple[Mask, Mask]:
    """The face on either side of the line from forehead to chin: the person's right (left in the picture), and left."""
    (x0, y0), (x1, y1) = face.points[_FOREHEAD], face.points[_CHIN]
    height, width = face.light.shape
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    side = (x - x0) * (y1 - y0) - ((y - y0) * (x1 - x0))[:, None]
    whole = face.ring(OVAL)
    return whole & (side < 0), whole & (side > 0)


def _upright(face: Patch) -> Plane | None:
    """Light on the face, smoothed, on a square that its line from forehead to chin halves; `None` where it is too small."""
    p = face.points
    if float(np.linalg.norm(p[_CHIN] - p[_FOREHEAD])) < _LEAST_FACE:
        return None
    axis = (p[_FOREHEAD] + p[_CHIN]) / 2
    across = (p[_CHEEK_EDGES[0]] - p[_CHEEK_EDGES[1]]) / 2
    places = np.stack([p[_FOREHEAD], p[_CHIN], axis + across]).astype(np.float32)
    to = np.array([[_SIDE / 2, 0], [_SIDE / 2, _SIDE - 1], [0, (_SIDE - 1) / 2]], np.float32)
    square = cv2.warpAffine(face.light, cv2.getAffineTransform(places, to), (_SIDE, _SIDE), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(square, (0, 0), _SIDE / 32), np.float32)


def _flank() -> Mask:
    """The middle third of the person's right side of the face, on the upright square."""
    y, x = np.mgrid[:_SIDE, :_SIDE] / (_SIDE - 1) * 2 - 1
    return np.asarray((x > -0.62) & (x < -0.31) & ((x / 0.85) ** 2 + (y / 0.92) ** 2 < 1), np.bool_)


_FLANK = _flank()


def _surroundings(subject: Subject) -> float:
    """The brightest fiftieth of head and shoulders, and of the wall unless that was put there by software."""
    grid = subject.grid
    if grid is None:
        return 0.0
    light = luminance(grid.colours[::2, ::2])
    if subject.stage is Stage.PHOTO:
        light = light[grid.classes[::2, ::2] != Segment.BACKGROUND]
    return float(np.percentile(light, 98)) if light.size else 0.0
