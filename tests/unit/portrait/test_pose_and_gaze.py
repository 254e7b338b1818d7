"""Pose and gaze: the right axis, the right side, the right amount."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.portrait.measure import eyes, pose
from appliance.portrait.measure.head_pose import pose_of
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.observe import Observation
from appliance.portrait.profile import load_profile
from appliance.portrait.texts import instruction
from models.mesh import LANDMARKS, Mesh

SHAPE = {
    int(index): np.array(place)
    for index, place in json.loads(Path(pose.__file__).with_name("head_shape.json").read_text()).items()
}


def turned(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0, scale: float = 100.0) -> Mesh:
    """The generic head as it would be seen. x right, y down, z away from the camera. A nose tip has negative z."""
    a, b, c = np.radians((yaw, pitch, roll))
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    turn = about_z @ about_y @ about_x
    points = np.zeros((LANDMARKS, 3), np.float32)
    for index, place in SHAPE.items():
        points[index] = turn @ place * scale + (320, 240, 0)
    return Mesh(points, 1.0)


def subject(mesh: Mesh) -> Subject:
    grey = np.full((480, 640, 3), 128, np.uint8)
    return Subject(Observation(grey, grey, 1.0, (), mesh, {}, None), load_profile("moe-2017-99"), Stage.CAPTURE)


def test_the_generic_head_is_symmetric() -> None:
    for left, right in ((33, 263), (133, 362)):
        assert SHAPE[left] * (-1, 1, 1) == pytest.approx(SHAPE[right], abs=1e-3)


@given(st.floats(-60, 60), st.floats(-40, 40), st.floats(-45, 45), st.floats(20, 400))
def test_a_turn_is_recovered(yaw: float, pitch: float, roll: float, scale: float) -> None:
    found = pose_of(turned(yaw, 0, 0, scale))
    assert found.yaw == pytest.approx(yaw, abs=0.01)
    found = pose_of(turned(0, pitch, 0, scale))
    assert found.pitch == pytest.approx(pitch, abs=0.01)
    found = pose_of(turned(0, 0, roll, scale))
    assert found.roll == pytest.approx(roll, abs=0.01)


def test_the_person_is_told_their_own_directions() -> None:
    nose = 1
    to_the_pictures_left = turned(yaw=20)
    if to_the_pictures_left.points[nose, 0] > 320:
        to_the_pictures_left = turned(yaw=-20)
    assert to_the_pictures_left.points[nose, 0] < 320  # which is the person's own right
    assert pose.yaw(subject(to_the_pictures_left)).hint == "turn_left"
    assert instruction("pose.frontal", "turn_left").zh == "头请向左转一点"

    looking_down = (
        turned(pitch=20) if turned(pitch=20).points[nose, 1] > turned().points[nose, 1] else turned(pitch=-20)
    )
    assert looking_down.points[nose, 1] > turned().points[nose, 1]
    assert pose.pitch(subject(looking_down)).hint == "chin_up"
    assert instruction("pose.frontal", "chin_up").zh == "请抬高下巴"

    clockwise = turned(roll=15)
    assert clockwise.points[263, 1] > clockwise.points[33, 1]  # the person's left eye is lower
    assert pose.roll(subject(clockwise)).hint == "tilt_right"


def looking(across: float, down: float) -> Mesh:
    """Eyes 30 mm wide with their irises moved from where people have them who look into the lens."""
    mesh = turned()
    points = mesh.points.copy()
    for outer, inner, iris, *_ in eyes._EYES:
        middle = (points[outer, :2] + points[inner, :2]) / 2
        width = float(np.linalg.norm(points[outer, :2] - points[inner, :2]))
        points[iris, :2] = middle + width * np.array([eyes._SIDEWAYS + across, eyes._DOWN + down])
    return replace(mesh, points=points)


@pytest.mark.parametrize("angle", [-30.0, -8.0, 0.0, 8.0, 30.0])
def test_gaze_is_the_angle_of_an_eyeball(angle: float) -> None:
    share = eyes._EYEBALL * float(np.sin(np.radians(angle)))
    assert eyes.sideways(subject(looking(share, 0))).value == pytest.approx(angle, abs=0.3)
    assert eyes.upward(subject(looking(0, share))).value == pytest.approx(angle, abs=0.3)


def test_eyes_that_meet_at_something_near_still_look_ahead() -> None:
    points = looking(0, 0).points.copy()
    points[468, 0] += 4
    points[473, 0] -= 4
    assert eyes.sideways(subject(Mesh(points, 1.0))).value == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize("measure", [pose.yaw, pose.pitch, pose.roll, eyes.sideways, eyes.upward, eyes.shut, eyes.red])
def test_without_a_face_nothing_is_measured(measure: object) -> None:
    grey = np.full((480, 640, 3), 128, np.uint8)
    nobody = Subject(Observation(grey, grey, 1.0, (), None, {}, None), load_profile("moe-2017-99"), Stage.CAPTURE)
    assert callable(measure)
    assert measure(nobody).value is None
