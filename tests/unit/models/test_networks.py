"""The networks behind their wrappers: shapes, geometry of crops, and that an instance may be shared."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import NetworkMissing
from models.expression import NAMES, SUBSET
from models.faces import Face, _anchors, united
from models.mesh import LANDMARKS, Mesh, Region, region_of_face, region_of_mesh
from models.runtime import Network
from models.segments import segments_of


def face(x: float, y: float, size: float, score: float = 0.9) -> Face:
    points = np.array([[x - size / 4, y], [x + size / 4, y], *[[x, y]] * 4], np.float32)
    return Face((x - size / 2, y - size / 2, x + size / 2, y + size / 2), score, points)


def test_a_missing_network_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(NetworkMissing, match="station models install"):
        Network(tmp_path / "face_landmarks.tflite")


@pytest.mark.parametrize(("side", "count"), [(192, 2304), (128, 896)])
def test_there_is_an_anchor_for_every_output(side: int, count: int) -> None:
    anchors = _anchors(side)
    assert anchors.shape == (count, 2)
    assert anchors.min() > 0
    assert anchors.max() < 1


def test_the_blendshape_network_gets_its_landmarks() -> None:
    assert len(SUBSET) == 146
    assert len(set(SUBSET)) == 146
    assert max(SUBSET) < LANDMARKS
    assert len(NAMES) == len(set(NAMES)) == 52


def test_one_face_seen_by_two_detectors_is_one() -> None:
    large, small = face(300, 300, 200), face(900, 200, 60)
    found = united([small, large], [face(305, 310, 170), face(902, 201, 66)])
    assert len(found) == 2
    assert found[0].size > found[1].size


@given(st.floats(-1, 1), st.floats(10, 900), st.floats(10, 900), st.floats(20, 400))
def test_a_region_follows_the_line_of_the_eyes(angle: float, x: float, y: float, size: float) -> None:
    points = np.zeros((LANDMARKS, 3), np.float32) + np.array([x, y, 0], np.float32)
    half = size / 2 * np.array([np.cos(angle), np.sin(angle)])
    points[33, :2] -= half
    points[263, :2] += half
    region = region_of_mesh(Mesh(points, 1.0))
    assert region.angle == pytest.approx(angle, abs=0.02)
    assert (region.x, region.y) == pytest.approx((x, y), abs=1)


def test_the_region_of_a_face_is_upright_and_larger_than_it() -> None:
    region = region_of_face(face(400, 300, 100))
    assert region == Region(400, 300, 150, 0.0)


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(40, 500), st.floats(40, 500))
def test_cells_and_pixels_agree(x: float, y: float, width: float, height: float) -> None:
    shares = np.zeros((32, 48, 6), np.float32)
    shares[10, 20, 1] = 1
    seen = segments_of(shares, (x, y, x + width, y + height))
    at_x, at_y = x + 20.5 * width / 48, y + 10.5 * height / 32
    assert (seen.column(at_x), seen.row(at_y)) == (20, 10)
    assert seen.window(at_x, at_y, at_x, at_y)[0, 0, 1] == 1
    assert seen.window(x - 99, y - 99, x - 60, y - 60).size == 0


def test_a_plane_spread_over_its_own_box_is_itself() -> None:
    plane = np.random.default_rng(0).random((64, 64)).astype(np.float32)
    seen = segments_of(np.zeros((64, 64, 6), np.float32), (10, 20, 138, 148))
    assert seen.spread(plane, (10, 20, 138, 148), (64, 64)) == pytest.approx(plane, abs=1e-3)


def test_a_plane_spread_over_a_part_lands_there() -> None:
    plane = np.zeros((64, 64), np.float32)
    plane[32:48, 16:32] = 1
    seen = segments_of(np.zeros((64, 64, 6), np.float32), (0, 0, 640, 640))
    part = seen.spread(plane, (160, 320, 320, 480), (80, 80))
    assert part[4:-4, 4:-4].min() > 0.95


@pytest.mark.networks
@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("face_full_range", (1, 192, 192, 3)),
        ("face_short_range", (1, 128, 128, 3)),
        ("face_landmarks", (1, 256, 256, 3)),
        ("face_blendshapes", (1, 146, 2)),
        ("segments_multiclass", (1, 256, 256, 3)),
    ],
)
def test_a_network_takes_what_its_wrapper_gives(networks_dir: Path, name: str, shape: tuple[int, ...]) -> None:
    network = Network(networks_dir / f"{name}.tflite")
    assert network.input_shape == shape
    outputs = network.run(np.random.default_rng(0).random(shape, np.float32))
    assert all(np.isfinite(output).all() for output in outputs)
    with pytest.raises(ValueError, match=r"."):
        network.run(np.zeros((1, 3, 3, 3), np.float32))


@pytest.mark.networks
def test_an_instance_may_be_shared_between_threads(networks_dir: Path) -> None:
    network = Network(networks_dir / "face_landmarks.tflite")
    inputs = [np.full((1, 256, 256, 3), level, np.float32) for level in (0.1, 0.9)]
    expected = [network.run(tensor)[0].copy() for tensor in inputs]
    wrong: list[int] = []

    def work(which: int) -> None:
        wrong.extend(1 for _ in range(15) if not np.array_equal(network.run(inputs[which])[0], expected[which]))

    threads = [threading.Thread(target=work, args=(which,)) for which in (0, 1, 0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not wrong


@pytest.mark.networks
@pytest.mark.parametrize(
    ("name", "side", "span", "offset"), [("face_landmarks", 256, 255, 0), ("face_short_range", 128, 127.5, -1)]
)
def test_a_picture_is_given_as_its_levels_say(
    networks_dir: Path, name: str, side: int, span: float, offset: float
) -> None:
    """Blue last, each level divided and shifted: bit by bit what the plain arithmetic gives."""
    network = Network(networks_dir / f"{name}.tflite")
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
    plain = pixels[:, :, ::-1].astype(np.float32)[None] / np.float32(span) + np.float32(offset)
    for found, wanted in zip(network.look(pixels, span, offset), network.run(plain), strict=True):
        assert np.array_equal(found, wanted)
    with pytest.raises(ValueError, match=r"."):
        network.look(pixels[:-1])
