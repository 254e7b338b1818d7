"""Which way the head is turned: a rigid fit of a generic head to the mesh.

`head_shape.json` holds 36 landmarks that neither mouth nor eyes move, as the mean of 122 meshes of people who look straight ahead
(each with its mirror image, so that the shape is symmetric), in units of its own size. The rotation is the orthogonal Procrustes
solution (Kabsch 1976). Seen over 49 people labelled frontal and level: yaw -4.9 to 4.1, roll -3.7 to 3.6, pitch -8 to 8 degrees.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.mesh import Mesh

PITCH_WEIGHT = 0.8
"""Pitch counts less: the depth of one picture confounds it with the shape of the face, by up to 2 of 10 degrees."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees. yaw: positive towards the person's own right; pitch: positive when looking down; roll: positive when the head is
    tilted clockwise in the picture (towards the person's own left shoulder)."""

    yaw: float
    pitch: float
    roll: float


def pose_of(mesh: Mesh) -> Pose:
    """The head's rotation."""
    landmarks, shape = _shape()
    seen = mesh.points[landmarks].astype(np.float64)
    seen -= seen.mean(axis=0)
    left, _, right = np.linalg.svd(seen.T @ shape)
    turn = left @ np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))]) @ right
    yaw = math.atan2(turn[0, 2], turn[2, 2])
    pitch = math.atan2(-turn[1, 2], math.hypot(turn[0, 2], turn[2, 2]))
    roll = math.atan2(turn[1, 0], turn[1, 1])
    return Pose(math.degrees(yaw), math.degrees(pitch), math.degrees(roll))


def frontal(subject: Subject) -> Measurement:
    """The largest of yaw, roll and weighted pitch, degrees; the hint says what the person should do about it."""
    if subject.seen.mesh is None:
        return Measurement.failed("no face", "°")
    pose = pose_of(subject.seen.mesh)
    turns = {
        "turn_left" if pose.yaw > 0 else "turn_right": abs(pose.yaw),
        "chin_up" if pose.pitch > 0 else "chin_down": abs(pose.pitch) * PITCH_WEIGHT,
        "tilt_right" if pose.roll > 0 else "tilt_left": abs(pose.roll),
    }
    hint = max(turns, key=lambda name: turns[name])
    return Measurement.of(turns[hint], "°", hint)


@cache
def _shape() -> tuple[list[int], NDArray[np.float64]]:
    rows = json.loads(Path(__file__).with_name("head_shape.json").read_text())
    points = np.array(list(rows.values()), np.float64)
    return [int(index) for index in rows], points - points.mean(axis=0)
