"""The light loop on the replay scene: a person of the cast, lit from one side, judged by the real networks."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from appliance.portrait.measure.light import tilt
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.pipeline import Portrait
from appliance.portrait.profile import load_profile
from appliance.rehearsal.cast import cast_pictures
from appliance.visit.light_control import AWAKE
from appliance.visit.light_loop import LightLoop
from firmware.camera.replay import ReplayCamera
from firmware.clock import SystemClock
from firmware.lamps.scene import SceneLamps
from firmware.ports import LampDrive, LampLevel
from firmware.scene.world import Scene

pytestmark = [pytest.mark.networks, pytest.mark.pictures]
START = LampDrive(0.9, 0.1, 0.4)


class Studio:
    """Scene, lamps, camera, judge and the loop between them."""

    def __init__(self, networks: Path, picture: Path) -> None:
        self.portrait = Portrait(networks, load_profile("moe-2017-99"))
        self.scene, self.busy, self.seen = Scene(still_size=(1280, 960)), False, -1
        self.lamps = SceneLamps(self.scene)
        self.camera = ReplayCamera(self.scene, self.lamps.lit_during)
        self.scene.show_person(cv2.imread(str(picture)))
        self.loop = LightLoop(self.lamps, self.portrait.profile, SystemClock(), lambda: self.busy, START)

    def judge(self) -> float | None:
        """One frame: tilt in stops, and its reading for the loop."""
        frame = self.camera.next_preview(self.seen)
        self.seen = frame.sequence
        self.view = view = self.portrait.live(frame.pixels, time.monotonic())
        self.loop.saw(frame, view)
        value = tilt(Subject(view.observation, self.portrait.profile, Stage.LIVE)).value
        return value if isinstance(value, float) else None

    def until_settled(self) -> None:
        end = time.monotonic() + 15
        while not self.loop.controller.settled and time.monotonic() < end:
            self.judge()
        assert self.loop.controller.settled


@pytest.fixture
def studio(networks_dir: Path) -> Iterator[Studio]:
    pictures = {picture.id: picture for picture in cast_pictures()}
    if "nearly_right" not in pictures:
        pytest.skip("the cast is not installed; type: station cast install")
    studio = Studio(networks_dir, pictures["nearly_right"].path)
    assert studio.scene.wait_settled()
    studio.lamps.start()
    studio.camera.start()
    studio.lamps.calibrate(LampLevel.FRAMING, START)
    studio.lamps.set_level(LampLevel.FRAMING)
    yield studio
    studio.camera.stop()
    studio.lamps.stop()
    studio.scene.close()


def test_lit_from_one_side_becomes_even_and_stays_so(studio: Studio) -> None:
    studio.busy, end = True, time.monotonic() + 10
    while (studio.judge() or 0.0) < math.log2(1.5) and time.monotonic() < end:
        pass
    studio.busy = False
    studio.until_settled()
    rest = [value for value in (studio.judge() for _ in range(8)) if value is not None]
    assert abs(sorted(rest)[len(rest) // 2]) <= AWAKE
    framing = studio.lamps.drive

    # A shot begins: the light stays as it is, whatever is seen, and the shot is balanced as framing was.
    studio.busy = True
    studio.loop.begin()
    studio.lamps.set_level(LampLevel.SHOT)
    for _ in range(5):
        studio.judge()
    shot = studio.lamps.drive
    assert shot.left / shot.right == pytest.approx(framing.left / framing.right, rel=0.02)
    assert shot.left + shot.right > framing.left + framing.right
    studio.lamps.set_level(LampLevel.FRAMING)
    studio.judge()
    assert not studio.loop.controller.settled  # it looked at nothing meanwhile


def test_a_camera_that_has_woken_in_the_dark_is_not_believed(studio: Studio) -> None:
    """Its exposure is still nearly as long as in the dark when the lamps are on: that is no lack of light."""
    studio.until_settled()
    before = studio.lamps.drive
    frame = studio.camera.next_preview(studio.seen)
    for long in (80_000.0, 52_000.0, 34_000.0, 22_000.0, 15_000.0, 12_000.0, 10_500.0):
        metadata = replace(frame.metadata, exposure_us=long, analogue_gain=1.0)
        studio.loop.saw(replace(frame, metadata=metadata, captured_at=time.monotonic() + 1), studio.view)
    assert studio.lamps.drive == before


def test_exposures_that_stay_long_are_a_lack_of_light(studio: Studio) -> None:
    studio.until_settled()
    before = studio.lamps.drive
    frame = studio.camera.next_preview(studio.seen)
    for _ in range(20):
        metadata = replace(frame.metadata, exposure_us=20_000.0, analogue_gain=2.0)
        later = replace(frame, metadata=metadata, captured_at=time.monotonic() + 1)
        studio.loop.saw(later, studio.view)
    assert studio.lamps.drive.left + studio.lamps.drive.right > before.left + before.right
