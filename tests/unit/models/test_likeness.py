"""The same person or another: alignment by five points, embeddings of length one, cosine between them."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.rehearsal.cast import cast_pictures
from models.errors import NetworkMissing
from models.faces import FaceDetector
from models.likeness import DIMENSIONS, Likeness, landmarks_of, similarity
from models.mesh import LANDMARKS, FaceMesh, Mesh, region_of_face

FIVE = np.array([[40, 50], [72, 50], [56, 70], [43, 88], [70, 88]], np.float32)


def unit(*values: float) -> NDArray[np.float32]:
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[: len(values)] = values
    return vector


def test_a_missing_network_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(NetworkMissing, match="station models install"):
        Likeness(tmp_path / "sface.onnx")


def test_similarity_is_the_cosine_whatever_the_lengths() -> None:
    assert similarity(unit(1), unit(5)) == pytest.approx(1)
    assert similarity(unit(1), unit(0, 2)) == pytest.approx(0)
    assert similarity(unit(1), unit(-3)) == pytest.approx(-1)
    assert similarity(unit(3, 4), unit(3)) == pytest.approx(0.6)
    assert similarity(unit(0), unit(1)) == 0
    with pytest.raises(ValueError, match="128"):
        similarity(unit(1), np.zeros(5, np.float32))


def test_the_five_points_come_from_the_mesh_in_the_order_of_the_alignment() -> None:
    points = np.arange(LANDMARKS * 3, dtype=np.float32).reshape(LANDMARKS, 3)
    five = landmarks_of(Mesh(points, 1.0))
    assert five.shape == (5, 2)
    assert five[:, 0].tolist() == [468 * 3, 473 * 3, 1 * 3, 61 * 3, 291 * 3]


@pytest.mark.networks
def test_an_embedding_is_of_length_one_and_only_of_a_picture_with_five_points(networks_dir: Path) -> None:
    likeness = Likeness(networks_dir / "sface.onnx")
    noise = np.random.default_rng(1).integers(0, 255, (128, 112, 3), np.uint8)
    embedding = likeness.embed(noise, FIVE)
    assert embedding.shape == (DIMENSIONS,)
    assert embedding.dtype == np.float32
    assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-5)
    with pytest.raises(ValueError, match="uint8"):
        likeness.embed(noise.astype(np.float32), FIVE)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="five finite points"):
        likeness.embed(noise, FIVE[:4])
    with pytest.raises(ValueError, match="five finite points"):
        likeness.embed(noise, FIVE * np.float32("nan"))


@pytest.mark.networks
def test_an_instance_may_be_shared_between_threads(networks_dir: Path) -> None:
    likeness = Likeness(networks_dir / "sface.onnx")
    pictures = [np.random.default_rng(seed).integers(0, 255, (128, 112, 3), np.uint8) for seed in (1, 2)]
    expected = [likeness.embed(picture, FIVE) for picture in pictures]
    wrong: list[int] = []

    def work(which: int) -> None:
        wrong.extend(1 for _ in range(5) if not np.array_equal(likeness.embed(pictures[which], FIVE), expected[which]))

    threads = [threading.Thread(target=work, args=(which,)) for which in (0, 1, 0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not wrong


@pytest.mark.networks
@pytest.mark.pictures
def test_two_pictures_of_one_man_are_nearer_than_any_two_people(networks_dir: Path) -> None:
    pictures = {picture.id: picture.path for picture in cast_pictures()}
    same, others = ("nearly_right", "eyes_down"), ("studio", "half_lit", "astronaut")
    known = {name: path for name, path in pictures.items() if name in (*same, *others)}
    if len(known) < 5:
        pytest.skip("the cast is not installed; type: station cast install")
    detector, mesh = (
        FaceDetector(networks_dir / "face_short_range.tflite"),
        FaceMesh(networks_dir / "face_landmarks.tflite"),
    )
    likeness = Likeness(networks_dir / "sface.onnx")

    def embedded(path: Path) -> NDArray[np.float32]:
        pixels = cv2.imread(str(path))
        return likeness.embed(pixels, landmarks_of(mesh.fit(pixels, region_of_face(detector.find(pixels)[0]))))

    faces = {name: embedded(path) for name, path in known.items()}
    genuine = similarity(faces[same[0]], faces[same[1]])
    impostors = [similarity(faces[one], faces[two]) for one in same for two in others]
    assert genuine > max(impostors) + 0.1
