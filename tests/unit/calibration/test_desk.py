"""A running station is calibrated: no visit meanwhile, in effect at once, versions used again, every refusal with its reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from appliance.calibration.apply import Calibrated
from appliance.calibration.desk import CalibrationDesk, Work
from appliance.calibration.errors import CalibrationRefused
from appliance.calibration.store import CalibrationStore
from appliance.portrait.errors import PlateRefused
from appliance.portrait.measurement import Message
from firmware.camera.replay import ReplayCamera
from firmware.lamps.scene import SceneLamps
from firmware.ports import ClockReading, LampLevel
from firmware.scene.world import Scene

SIZE = (640, 480)


@dataclass
class Door:
    """Lets students in, or not."""

    taken: Message | None = None

    def reserve(self, why: Message) -> None:
        assert self.taken is None
        self.taken = why

    def free(self) -> None:
        self.taken = None


@dataclass
class Judge:
    """What of the portrait takes a plate."""

    refuses: bool = False
    plates: list[Any] = field(default_factory=list)

    def use_plate(self, plate: Any) -> None:
        if plate is not None and self.refuses:
            raise PlateRefused("有人", "somebody")
        self.plates.append(plate)


class HandClock:
    """Never moves."""

    def monotonic(self) -> float:
        return 0.0

    def read(self) -> ClockReading:
        return ClockReading(datetime(2026, 6, 1, 8, tzinfo=UTC), trusted=True, boot_id="b")


class Bench:
    """A station's camera and lamps on a scene, and the desk."""

    def __init__(self, folder: Path) -> None:
        self.scene = Scene(still_size=SIZE)
        self.lamps = SceneLamps(self.scene)
        self.camera = ReplayCamera(self.scene, self.lamps.lit_during)
        self.door, self.judge = Door(), Judge()
        calibrated = Calibrated(CalibrationStore(folder), self.camera, HandClock(), lambda: 1.0)
        self.desk = CalibrationDesk(calibrated, self.judge, self.lamps, self.door)  # type: ignore[arg-type]

    def show(self, picture: np.ndarray) -> None:
        self.scene.show_person(picture)
        assert self.scene.wait_settled()

    def ended(self) -> Work:
        until(lambda: not self.desk.busy and self.door.taken is None)
        return self.desk.work


def until(what: Callable[[], bool], limit: float = 30.0) -> None:
    end = time.monotonic() + limit
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.lamps.start()
    bench.camera.start()
    yield bench
    bench.desk.stop()
    bench.camera.stop()
    bench.lamps.stop()
    bench.scene.close()


def test_a_grey_card_is_in_effect_at_once_and_undone(bench: Bench) -> None:
    bench.show(np.full((480, 640, 3), (140, 118, 104), np.uint8))
    bench.desk.begin("grey")
    assert bench.door.taken is not None
    assert bench.ended().state == "done"
    kept = bench.desk.calibrated.calibration
    assert kept is not None
    assert kept.grey is not None
    assert bench.lamps.level is LampLevel.OFF
    bench.desk.calibrated.look()
    until(lambda: bench.camera.next_preview().metadata.colour_gains == pytest.approx(kept.grey.colour_gains, rel=0.02))  # type: ignore[union-attr]
    assert bench.desk.undo() is None
    assert bench.desk.calibrated.calibration is None
    assert bench.desk.use(1).number == 1
    assert bench.desk.calibrated.calibration == kept
    with pytest.raises(CalibrationRefused):
        bench.desk.use(7)
    assert bench.door.taken is None


def test_what_is_shown_wrongly_is_refused_in_words_and_nothing_is_kept(bench: Bench) -> None:
    picture = np.full((480, 640, 3), 200, np.uint8)
    cv2.ellipse(picture, (320, 450), (150, 210), 0, 0, 360, (60, 50, 40), -1)
    bench.show(picture)
    for step in ("backdrop", "lens"):
        bench.desk.begin(step)  # type: ignore[arg-type]
        work = bench.ended()
        assert (work.step, work.state) == (step, "refused")
        assert work.message is not None
        assert work.message.zh
    assert bench.desk.store.versions() == []


def test_a_plate_that_the_judge_refuses_leaves_the_one_before(bench: Bench) -> None:
    bench.desk.begin("backdrop")
    assert bench.ended().state == "done"
    bench.judge.refuses = True
    bench.desk.begin("backdrop")
    work = bench.ended()
    assert work.state == "refused"
    assert work.message is not None
    assert "the one before" in work.message.en
    now = bench.desk.store.current()
    assert now is not None
    assert now.number == 1


def test_the_lens_is_turned_until_the_technician_says_so(bench: Bench) -> None:
    star = (np.indices((480, 640)).sum(axis=0) // 4 % 2 * 255).astype(np.uint8)
    bench.show(cv2.merge([star] * 3))
    bench.desk.begin("focus")
    until(lambda: bench.desk.work.best is not None)
    assert bench.desk.busy
    bench.desk.finish()
    assert bench.ended().state == "done"
    kept = bench.desk.store.current()
    assert kept is not None
    assert kept.focus is not None
    assert kept.focus.best >= kept.focus.sharpness > 0


def test_a_camera_that_fails_is_said(bench: Bench) -> None:
    bench.camera.stop()
    bench.desk.begin("grey")
    work = bench.ended()
    assert work.state == "refused"
    assert work.message is not None
    assert "device" in work.message.en
