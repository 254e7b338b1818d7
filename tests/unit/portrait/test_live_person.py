"""A live person or a picture of one: rasters, edges, and depth in motion. The people here are arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from appliance.portrait.measure import framed, recapture
from appliance.portrait.measure.head_pose import _shape
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Outcome
from appliance.portrait.observe import Observation
from appliance.portrait.profile import load_profile
from appliance.portrait.relief import EVERY, RIGID, Relief
from appliance.portrait.rules import judge
from models.mesh import LANDMARKS, Mesh

Person = Callable[..., Observation]
PROFILE = load_profile("moe-2017-99")


def subject_of(seen: Observation) -> Subject:
    return Subject(seen, PROFILE, Stage.CAPTURE)


def textured(seen: Observation, raster: np.ndarray | None = None) -> Observation:
    """Skin with a fine grain over the drawn person, seen through a raster of shape (H, W) where there is one; a face as wide as the
    figure's, for the drawn mesh has no outline."""
    height, width = seen.picture.shape[:2]
    grain = np.random.default_rng(3).normal(0, 6, (height, width, 1))
    pixels = np.full((height, width, 3), (140, 160, 200), np.float64) + cv2.GaussianBlur(grain, (0, 0), 1.2)[:, :, None]
    if raster is not None:
        pixels = pixels * raster[:, :, None]
    assert seen.mesh is not None
    points = seen.mesh.points.copy()
    turn = np.linspace(0, 2 * math.pi, LANDMARKS)
    points[:, 0] += 120 * np.cos(turn)
    points[:, 1] += 180 * np.sin(turn)
    full = np.clip(pixels, 0, 255).astype(np.uint8)
    return replace(seen, picture=full, full=full, mesh=Mesh(points.astype(np.float32), 0.99))


@pytest.mark.parametrize("pitch", [2.3, 3.1, 4.7])
def test_a_raster_stands_out_of_the_grain_of_skin(person: Person, pitch: float) -> None:
    y, x = np.mgrid[:960, :1280]
    raster = 1 + 0.08 * np.sin(2 * np.pi * (x * math.cos(0.3) + y * math.sin(0.3)) / pitch)
    limit = PROFILE.limit("subject.live")
    plain = recapture.raster(subject_of(textured(person()))).value
    shown = recapture.raster(subject_of(textured(person(), raster))).value
    assert isinstance(plain, float)
    assert isinstance(shown, float)
    assert plain < limit < shown


def test_a_face_too_small_for_a_raster_is_not_measured(person: Person) -> None:
    seen = person(size=(320, 240), midline=160, eyes=95, face_width=65, hair=55, chin=52, shoulders=155)
    assert recapture.raster(subject_of(seen)).value is None


@pytest.mark.parametrize(("tone", "angle"), [(10, 0.0), (250, 4.0), (10, -5.0)])
def test_the_edge_of_a_screen_around_the_head_is_seen(person: Person, tone: int, angle: float) -> None:
    seen = person()
    pixels = seen.picture.copy()
    cv2.rectangle(pixels, (330, 60), (950, 930), (tone,) * 3, 24)
    turned = cv2.warpAffine(
        pixels, cv2.getRotationMatrix2D((640, 480), angle, 1), (1280, 960), borderMode=cv2.BORDER_REPLICATE
    )
    around = replace(seen, picture=np.asarray(turned, np.uint8))
    limit = PROFILE.limit("subject.live.frame")
    found, plain = framed.frame(subject_of(around)).value, framed.frame(subject_of(seen)).value
    assert isinstance(found, float)
    assert isinstance(plain, float)
    assert plain < limit < found


def seen_as(shape: np.ndarray) -> Mesh:
    """A mesh whose rigid landmarks lie at (36, 2), pixels."""
    points = np.zeros((LANDMARKS, 3), np.float32)
    points[list(RIGID), :2] = shape * 80 + 300
    return Mesh(points, 0.99)


def turned(degrees: float) -> np.ndarray:
    """The generic head from the front, turned to a side, (36, 3)."""
    _, inverse = _shape()
    shape = np.linalg.pinv(inverse.T)
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), 0, math.sin(angle)], [0, 1, 0], [-math.sin(angle), 0, math.cos(angle)]])
    return np.asarray(shape @ turn.T if shape.shape[1] == 3 else shape.T @ turn.T)


def watched(views: list[Mesh]) -> float | None:
    relief = Relief()
    for view in views:
        for _ in range(EVERY):
            relief.add(view)
    return relief.depth


def test_a_head_that_turns_has_depth() -> None:
    depth = watched([seen_as(turned(angle)[:, :2]) for angle in (0, 6, 12, 18, 24)])
    assert depth is not None
    assert depth > 1.5 * PROFILE.limit("subject.live.relief")


def test_a_print_that_is_tilted_has_none() -> None:
    flat = turned(0)[:, :2]
    noise = np.random.default_rng(5)
    views = [
        flat * (math.cos(math.radians(angle)), 1) + noise.normal(0, 0.004, flat.shape) for angle in (0, 10, 20, 28)
    ]
    depth = watched([seen_as(view) for view in views])
    assert depth is not None
    assert depth < 0.75 * PROFILE.limit("subject.live.relief")


def test_who_sits_still_tells_nothing() -> None:
    assert watched([seen_as(turned(0)[:, :2])] * 8) is None


def test_another_face_begins_anew() -> None:
    relief = Relief()
    flat = turned(0)[:, :2]
    for view in (seen_as(flat), seen_as(flat * (0.85, 1))):
        for _ in range(EVERY):
            relief.add(view)
    assert relief.depth is not None
    relief.add(None)
    assert relief.depth is None


@pytest.mark.parametrize(("depth", "outcome"), [(None, Outcome.PASS), (90.0, Outcome.PASS), (8.0, Outcome.FAIL)])
def test_depth_counts_where_the_preview_showed_any(person: Person, depth: float | None, outcome: Outcome) -> None:
    seen = replace(textured(person()), relief=depth)
    found = next(rule for rule in judge(seen, PROFILE, Stage.CAPTURE).rules if rule.id == "subject.live")
    assert found.outcome is outcome
    assert "subject.live.relief" in {part.measure for part in found.parts}
