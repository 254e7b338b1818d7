"""One suite over every runtime that is installed: LiteRT and tflite-runtime run the same networks to the same figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.errors import NetworkMissing
from models.expression import Expression
from models.faces import FaceDetector
from models.mesh import FaceMesh, Mesh, Region
from models.pages import give_back
from models.runtime import Network, installed_runtimes
from models.segments import Segmenter

SHAPES = {
    "face_full_range": (1, 192, 192, 3),
    "face_short_range": (1, 128, 128, 3),
    "face_landmarks": (1, 256, 256, 3),
    "face_blendshapes": (1, 146, 2),
    "segments_multiclass": (1, 256, 256, 3),
}
NOISE = 2e-3  # of the largest output: kernels of two versions round differently


@pytest.fixture(params=installed_runtimes())
def runtime(request: pytest.FixtureRequest) -> str:
    """Each runtime of this environment."""
    return str(request.param)


@pytest.fixture
def network(runtime: str, networks_dir: Path) -> Callable[..., Network]:
    """A network under that runtime."""
    return lambda name, threads=1: Network(networks_dir / f"{name}.tflite", threads, runtime)


@pytest.mark.networks
@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_it_takes_and_gives_what_the_manifest_says(
    network: Callable[..., Network], name: str, shape: tuple[int, ...]
) -> None:
    made = network(name)
    assert made.input_shape == shape
    outputs = made.run(np.random.default_rng(0).random(shape, np.float32))
    assert all(output.dtype == np.float32 and np.isfinite(output).all() for output in outputs)
    with pytest.raises(ValueError, match=r"."):
        made.run(np.zeros((1, 3, 3, 3), np.float32))


@pytest.mark.networks
@pytest.mark.parametrize("name", SHAPES)
def test_answers_are_copies_and_repeat(network: Callable[..., Network], name: str) -> None:
    made, chance = network(name), np.random.default_rng(1)
    one, other = (chance.random(SHAPES[name], np.float32) for _ in range(2))
    first = made.run(one)
    kept = [output.copy() for output in first]
    made.run(other)
    assert all(np.array_equal(a, b) for a, b in zip(first, kept, strict=True)), "an answer changes under its holder"
    assert all(np.array_equal(a, b) for a, b in zip(made.run(one), kept, strict=True))


@pytest.mark.networks
@pytest.mark.parametrize("name", SHAPES)
def test_threads_change_the_time_and_nothing_else(network: Callable[..., Network], name: str) -> None:
    picture = np.random.default_rng(2).random(SHAPES[name], np.float32)
    alone, together = network(name).run(picture), network(name, 2).run(picture)
    for one, two in zip(alone, together, strict=True):
        assert np.abs(one - two).max() <= NOISE * max(1.0, float(np.abs(one).max()))


@pytest.mark.networks
def test_all_installed_runtimes_agree(networks_dir: Path) -> None:
    names = installed_runtimes()
    if len(names) < 2:
        pytest.skip(f"only {', '.join(names)} is installed in this environment")
    for name, shape in SHAPES.items():
        picture = np.random.default_rng(3).random(shape, np.float32)
        answers = [Network(networks_dir / f"{name}.tflite", runtime=each).run(picture) for each in names]
        for one, two in zip(*answers, strict=True):
            assert np.abs(one - two).max() <= NOISE * max(1.0, float(np.abs(one).max())), name


@pytest.mark.networks
def test_the_wrappers_run_on_whatever_is_installed(networks_dir: Path) -> None:
    """A picture of nobody through every wrapper: nothing is found, nothing breaks."""
    wall = np.full((480, 640, 3), 190, np.uint8)
    assert FaceDetector(networks_dir / "face_full_range.tflite").find(wall) == []
    assert FaceDetector(networks_dir / "face_short_range.tflite").find(wall) == []
    mesh = FaceMesh(networks_dir / "face_landmarks.tflite").fit(wall, Region(320, 240, 300, 0.0))
    assert mesh.confidence < 0.5
    scores = Expression(networks_dir / "face_blendshapes.tflite").score(Mesh(mesh.points, 1.0))
    assert len(scores) == 52
    segments = Segmenter(networks_dir / "segments_multiclass.tflite").divide(wall)
    assert segments.shares.shape == (256, 256, 6)
    assert segments.shares.sum(axis=2) == pytest.approx(np.ones((256, 256)), abs=1e-3)


@pytest.mark.networks
def test_what_is_packed_elsewhere_is_not_held_twice(network: Callable[..., Network], networks_dir: Path) -> None:
    """The file's pages are given back, stay so while the network runs, and giving them back once more changes no answer."""
    maps = Path("/proc/self/smaps")
    if not maps.is_file():
        pytest.skip("this kernel does not tell what is mapped")
    path = networks_dir / "segments_multiclass.tflite"
    made = network(path.stem)
    tensor = np.random.default_rng(2).random(made.input_shape, np.float32)
    (first,) = made.run(tensor)
    held, here = 0, False
    for line in maps.read_text().splitlines():
        if "-" in line.split(maxsplit=1)[0]:
            here = line.endswith(str(path.resolve()))
        elif here and line.startswith("Rss:"):
            held += int(line.split()[1]) * 1024
    assert held < path.stat().st_size / 4
    assert give_back(path) >= path.stat().st_size
    np.testing.assert_array_equal(made.run(tensor)[0], first)


def test_a_file_that_is_not_mapped_has_nothing_to_give_back(tmp_path: Path) -> None:
    assert give_back(tmp_path / "none.tflite") == 0


@pytest.mark.networks
def test_a_picture_of_another_size_is_refused(network: Callable[..., Network]) -> None:
    with pytest.raises(ValueError, match="256"):
        network("face_landmarks").look(np.zeros((128, 128, 3), np.uint8))


@pytest.mark.networks
def test_a_runtime_that_is_not_there_is_named(networks_dir: Path) -> None:
    with pytest.raises(NetworkMissing, match="imagined is not installed"):
        Network(networks_dir / "face_blendshapes.tflite", runtime="imagined")
