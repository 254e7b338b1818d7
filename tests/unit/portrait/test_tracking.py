"""What a stream of frames remembers: whom it follows, when the slow networks are due, where old segments lie."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.portrait.mending import mended
from appliance.portrait.tracking import (
    FACES_EVERY,
    SEGMENTS_EVERY,
    SEGMENTS_SOONEST,
    Origin,
    Track,
    carried,
    origin_of,
    region_of_head,
)
from models.faces import Face
from models.mesh import LANDMARKS, LEFT_CHEEK, LEFT_EYE, RIGHT_CHEEK, RIGHT_EYE, Mesh
from models.segments import Segment, Segments, segments_of


def face(x: float, size: float = 100.0) -> Face:
    points = np.array([[x - 20, 80], [x + 20, 80], [x, 100], [x, 120], [x - 50, 90], [x + 50, 90]], np.float32)
    return Face((x - size / 2, 50, x + size / 2, 50 + size), 0.9, points)


def mesh(x: float = 300.0, y: float = 200.0, width: float = 100.0) -> Mesh:
    points = np.zeros((LANDMARKS, 3), np.float32) + np.array([x, y, 0], np.float32)
    points[RIGHT_EYE, 0], points[LEFT_EYE, 0] = x - 0.3 * width, x + 0.3 * width
    points[RIGHT_CHEEK, 0], points[LEFT_CHEEK, 0] = x - width / 2, x + width / 2
    return Mesh(points, 0.9)


def segments(box: tuple[float, float, float, float] = (0, 0, 256, 256)) -> Segments:
    return segments_of(np.zeros((64, 64, 6), np.float32), box)


def run(track: Track, frames: int, seen: Mesh | None) -> tuple[int, int]:
    """How often faces were looked for, and segments made, in `frames` frames."""
    faces = divisions = 0
    for _ in range(frames):
        if track.wants_faces:
            track.found((face(300.0),))
            faces += 1
        track.followed(seen)
        if seen is not None and track.wants_segments:
            track.divided(segments())
            divisions += 1
    return faces, divisions


def test_the_slow_networks_run_at_their_own_rate() -> None:
    frames = 4 * FACES_EVERY * SEGMENTS_EVERY
    faces, divisions = run(Track(), frames, mesh())
    assert faces == pytest.approx(frames / FACES_EVERY, abs=1)
    assert divisions == pytest.approx(frames / SEGMENTS_EVERY, abs=1)


def test_a_lost_face_is_looked_for_in_every_frame() -> None:
    faces, divisions = run(Track(), 20, None)
    assert (faces, divisions) == (20, 0)


def test_a_head_that_moves_is_divided_anew_but_not_in_every_frame() -> None:
    track = Track()
    run(track, 1, mesh())
    divisions = 0
    for step in range(24):
        _, more = run(track, 1, mesh(x=300 + 60 * step))
        divisions += more
    assert divisions == 24 // SEGMENTS_SOONEST


def test_the_largest_face_is_followed() -> None:
    track = Track()
    track.found((face(300.0),))
    track.followed(mesh(300.0))
    track.found((face(900.0, 300.0), face(300.0)))
    assert track.region is not None
    assert track.region.x == pytest.approx(900)


def test_a_face_the_detector_overlooks_is_still_followed() -> None:
    track = Track()
    track.found((face(300.0),))
    track.followed(mesh())
    track.found(())
    assert track.region is not None


def test_segments_are_carried_along_with_the_head() -> None:
    then, now = mesh(300, 200, 100), mesh(340, 260, 150)
    old = segments(region_of_head(then))
    moved = carried(old, origin_of(then), now)
    assert moved.box == pytest.approx(region_of_head(now), abs=1e-3)
    assert moved.shares is old.shares


def test_a_head_that_stays_leaves_its_segments_where_they_are() -> None:
    box = (10.0, 20.0, 410.0, 520.0)
    assert carried(segments(box), Origin(300.0, 200.0, 100.0), mesh()).box == pytest.approx(box, abs=1e-2)


def scene(shirt: tuple[int, int, int], wall: tuple[int, int, int] = (210, 212, 214)) -> tuple[Segments, np.ndarray]:
    """A head whose shoulders the network took for wall."""
    picture = np.full((256, 256, 3), wall, np.uint8)
    shares = np.zeros((256, 256, 6), np.float32)
    shares[:, :, Segment.BACKGROUND] = 1
    picture[60:190, 80:176] = (120, 150, 200)
    shares[60:190, 80:176] = np.eye(6)[Segment.FACE_SKIN]
    picture[190:, 100:156] = (120, 150, 200)
    shares[190:, 100:156] = np.eye(6)[Segment.BODY_SKIN]
    for row in range(200, 256):
        half = min(100, 30 + 3 * (row - 200))
        left = slice(128 - half, 100)
        right = slice(156, 128 + half)
        picture[row, left] = picture[row, right] = shirt
    return segments_of(shares, (0.0, 0.0, 256.0, 256.0)), picture


def test_overlooked_shoulders_are_given_to_the_clothes() -> None:
    seen, picture = scene((25, 22, 20))
    whole = mended(seen, picture, 180.0)
    shirt = (picture == (25, 22, 20)).all(axis=2)
    assert (whole.shares[shirt].argmax(axis=1) == Segment.CLOTHES).all()
    assert (whole.shares[~shirt] == seen.shares[~shirt]).all()
    assert (seen.shares[shirt][:, Segment.BACKGROUND] == 1).all(), "what was given is not changed"


def test_a_wall_alone_is_left_as_it_is() -> None:
    seen, picture = scene((205, 208, 210))
    assert mended(seen, picture, 180.0) is seen


def test_what_stands_apart_from_the_body_is_no_shoulder() -> None:
    seen, picture = scene((210, 212, 214))
    picture[230:256, 5:30] = (20, 20, 20)
    assert mended(seen, picture, 180.0) is seen
