"""Calibration on the replay scene: each step measures what is there, refuses what is not, and can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.calibration import measures, steps
from appliance.calibration.apply import Calibrated, use_plate
from appliance.calibration.chart import write_chart
from appliance.calibration.errors import CalibrationRefused
from appliance.calibration.store import Backdrop, CalibrationStore, Focus, Grey
from appliance.portrait.errors import PlateRefused
from firmware.camera.replay import ReplayCamera
from firmware.lamps.scene import SceneLamps
from firmware.ports import ClockReading, LampLevel
from firmware.scene.world import Scene

SIZE = (1280, 960)
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def board(distortion: float = 0.0, fall: float = 0.0) -> np.ndarray:
    """The printed chessboard filling a picture, seen through a lens: radial term and fall of light at the corner."""
    columns, rows, square = measures.CORNERS[0] + 1, measures.CORNERS[1] + 1, 120
    ink = np.kron((np.indices((rows, columns)).sum(axis=0) % 2).astype(np.uint8), np.ones((square, square), np.uint8))
    sheet = np.full((rows * square + 100, columns * square + 80), 225, np.uint8)
    sheet[50:-50, 40:-40] = 25 + 200 * ink
    flat = cv2.resize(sheet, SIZE, interpolation=cv2.INTER_AREA)
    y, x = np.indices((SIZE[1], SIZE[0]), np.float32)
    corner = np.hypot(*SIZE) / 2
    u, v = (x - SIZE[0] / 2) / corner, (y - SIZE[1] / 2) / corner
    r2 = u * u + v * v
    seen = cv2.remap(
        flat,
        ((u * (1 - distortion * r2)) * corner + SIZE[0] / 2).astype(np.float32),
        ((v * (1 - distortion * r2)) * corner + SIZE[1] / 2).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    lit = 255 * ((seen / 255.0) ** 2.2 * (1 - fall * r2)) ** (1 / 2.2)
    return cv2.merge([lit.round().astype(np.uint8)] * 3)


class Bench:
    """Scene, lamps, camera and store."""

    def __init__(self, folder: Path) -> None:
        self.scene = Scene(still_size=SIZE)
        self.lamps = SceneLamps(self.scene)
        self.camera = ReplayCamera(self.scene, self.lamps.lit_during)
        self.store = CalibrationStore(folder)

    def show(self, picture: np.ndarray) -> None:
        self.scene.show_person(picture)
        assert self.scene.wait_settled()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.lamps.start()
    bench.camera.start()
    yield bench
    bench.camera.stop()
    bench.lamps.stop()
    bench.scene.close()


def test_a_grey_card_becomes_neutral(bench: Bench) -> None:
    bench.show(np.full((960, 1280, 3), (140, 118, 104), np.uint8))
    found = steps.grey(bench.camera, bench.lamps, NOW)
    assert found.cast_before > 20
    assert found.cast_after < 3
    assert found.colour_gains is not None
    assert found.exposure_us is not None
    assert found.colour_gains[0] > 2.0 > 1.6 > found.colour_gains[1]


def test_no_card_is_refused_with_what_to_do(bench: Bench) -> None:
    bench.show(board())
    with pytest.raises(CalibrationRefused, match="no plain card"):
        steps.grey(bench.camera, bench.lamps, NOW)
    bench.show(np.full((960, 1280, 3), 3, np.uint8))
    with pytest.raises(CalibrationRefused, match="level"):
        steps.grey(bench.camera, bench.lamps, NOW)


def test_the_clean_plate_of_the_empty_backdrop(bench: Bench) -> None:
    found = steps.backdrop(bench.camera, bench.lamps, bench.store, NOW)
    assert found.uneven < 30
    bench.store.add(SIZE, backdrop=found)
    plate = bench.store.plate()
    assert plate is not None
    assert plate.shape == (960, 1280, 3)
    shown = bench.scene.look()[0].still_at(0, 0)
    assert np.abs(plate.mean(axis=(0, 1)) / shown.mean(axis=(0, 1)) - 1).max() < 0.1
    assert bench.lamps.level is LampLevel.OFF
    (bench.store._folder / "plates" / found.plate).write_bytes(b"torn")
    with pytest.raises(CalibrationRefused, match="damaged"):
        bench.store.plate()


class Judge:
    """What of the portrait takes a plate."""

    def __init__(self) -> None:
        self.plates: list[np.ndarray | None] = []

    def use_plate(self, plate: np.ndarray | None) -> None:
        self.plates.append(plate)
        if plate is not None and plate.mean() < 20:
            raise PlateRefused("太暗", "too dark")


def test_the_judge_is_given_the_plate_in_use(bench: Bench) -> None:
    judge = Judge()
    assert use_plate(judge, bench.store) is False  # type: ignore[arg-type]
    assert judge.plates == [None]
    for level, used in ((200, True), (5, False)):
        name, digest = bench.store.keep_plate(np.full((960, 1280, 3), level, np.uint8))
        bench.store.add(SIZE, backdrop=Backdrop(at=NOW, plate=name, sha256=digest, uneven=1.0))
        assert use_plate(judge, bench.store) is used  # type: ignore[arg-type]
    assert judge.plates[1] is not None
    assert judge.plates[1].mean() == 200


def test_somebody_before_the_backdrop_is_refused(bench: Bench) -> None:
    picture = np.full((960, 1280, 3), 200, np.uint8)
    cv2.ellipse(picture, (640, 900), (300, 420), 0, 0, 360, (60, 50, 40), -1)
    bench.show(picture)
    with pytest.raises(CalibrationRefused, match="somebody or something"):
        steps.backdrop(bench.camera, bench.lamps, bench.store, NOW)
    assert bench.store.versions() == []


@pytest.mark.parametrize("distortion", [0.0, 0.02, -0.03])
def test_distortion_of_the_lens_by_the_chart(distortion: float) -> None:
    found = measures.lens(board(distortion, fall=0.2))
    assert found.distortion == pytest.approx(100 * distortion, abs=0.35)
    assert found.shading == pytest.approx(20, abs=4)
    assert found.residual < 1.5


def test_the_lens_on_the_scene_and_without_a_chart(bench: Bench) -> None:
    bench.show(board(0.01, fall=0.1))
    found = steps.lens(bench.camera, bench.lamps, NOW)
    assert abs(found.distortion - 1.0) < 0.6
    bench.show(board(0.09))
    with pytest.raises(CalibrationRefused, match="distortion"):
        steps.lens(bench.camera, bench.lamps, NOW)
    bench.scene.clear_person()
    assert bench.scene.wait_settled()
    with pytest.raises(CalibrationRefused, match="chessboard"):
        steps.lens(bench.camera, bench.lamps, NOW)


def test_sharpness_falls_with_blur_and_not_with_light() -> None:
    sharp = board()
    blurred = cv2.GaussianBlur(sharp, (0, 0), 3)
    assert measures.sharpness(sharp) > 3 * measures.sharpness(blurred)
    dim = (sharp * 0.5).astype(np.uint8)
    assert measures.sharpness(dim) == pytest.approx(measures.sharpness(sharp), rel=0.1)


def test_focus_is_told_live_and_must_be_left_at_the_best(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.show(board())
    told: list[tuple[float, float]] = []
    steps.focus(bench.camera, NOW, 1.0, lambda now, best: None)  # the lens finds its focus
    found = steps.focus(bench.camera, NOW, 1.0, lambda now, best: told.append((now, best)))
    assert len(told) > 3
    assert found.sharpness >= steps.FOCUSED * found.best
    falling = iter([9.0] + [3.0] * 10_000)
    monkeypatch.setattr(measures, "sharpness", lambda pixels: next(falling))
    with pytest.raises(CalibrationRefused, match="turn it back"):
        steps.focus(bench.camera, NOW, 1.0, lambda now, best: None)


def focus_of(days: float) -> Focus:
    return Focus(at=NOW + timedelta(days=days), sharpness=1.0, best=1.0)


def grey_of(days: float) -> Grey:
    when = NOW + timedelta(days=days)
    return Grey(at=when, colour_gains=(2.2, 1.5), exposure_us=None, analogue_gain=None, cast_before=9, cast_after=1)


def test_versions_are_kept_and_undone(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path)
    assert store.current() is None
    assert store.undo() is None
    first = store.add(SIZE, focus=focus_of(0))
    second = store.add(SIZE, grey=grey_of(1))
    assert second.focus == first.focus
    assert CalibrationStore(tmp_path).current() == second
    assert store.undo() == first
    third = store.add(SIZE, grey=grey_of(2))
    assert (third.number, store.versions()) == (3, [1, 2, 3])
    other = store.add((640, 480), focus=focus_of(3))
    assert other.grey is None  # another camera: nothing measured on the first one holds
    (tmp_path / "calibration/current").write_bytes(b"?")
    assert store.current() == other
    (tmp_path / "calibration/0004/calibration.json").write_text("{")
    with pytest.raises(CalibrationRefused, match="undo"):
        store.current()
    assert store.undo() == third


class Day:
    """A clock on some day."""

    def __init__(self, days: float, *, trusted: bool = True) -> None:
        self._reading = ClockReading(NOW + timedelta(days=days), trusted, "boot")

    def monotonic(self) -> float:
        return 0.0

    def read(self) -> ClockReading:
        return self._reading


def test_gains_are_applied_to_each_opened_camera_and_age_is_told(bench: Bench) -> None:
    bench.store.add(SIZE, grey=grey_of(0))
    bench.store.add(SIZE, focus=focus_of(20))
    frames: list[float] = []
    calibrated = Calibrated(bench.store, bench.camera, Day(45), lambda: frames[-1] if frames else None)
    assert calibrated.age_days() == pytest.approx(45)
    assert Calibrated(bench.store, bench.camera, Day(45, trusted=False), lambda: None).age_days() is None
    calibrated.look()
    assert bench.camera.next_preview().metadata.colour_gains == (2.0, 1.6)
    frames.append(1.0)
    calibrated.look()
    frame = bench.camera.next_preview()
    while frame.metadata.colour_gains != (2.2, 1.5):
        assert frame.sequence < 200
        frame = bench.camera.next_preview(frame.sequence)


def test_the_chart_can_be_printed(tmp_path: Path) -> None:
    write_chart(tmp_path / "chart.pdf")
    data = (tmp_path / "chart.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") == 2
