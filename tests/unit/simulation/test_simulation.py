"""A script plays on the stand-in's world: codes on bad phones, failing lamps, a camera that hangs, a battery that dies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.simulation.director import Director
from appliance.simulation.script import SAMPLE, Act, PhoneLook, Script, ScriptError, read_script
from firmware.camera.replay import ReplayCamera
from firmware.lamps.scene import SceneLamps
from firmware.ports import DeviceState, LampDrive, LampLevel, StillRequirement
from firmware.power.standin import StandInPower
from firmware.scanner.codes import read_codes
from firmware.scene.mishaps import CameraMishap
from firmware.scene.phone import Phone
from firmware.scene.world import Scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene(still_size=(1280, 960))
    yield scene
    scene.close()


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_sample_that_ships_can_be_played(scene: Scene) -> None:
    script = read_script(SAMPLE)
    assert len(script.act) > 8
    Director(script, scene, StandInPower(), lambda: None, {}, [])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = 'x'", "act: Field required"),
        ("title = 'x'\n[[act]]\nat = -1", "act 1 at"),
        ("title = 'x'\n[[act]]\nat = 1\nlamp_fails = 'top'", "act 1 lamp_fails"),
        ("title = 'x'\n[[act]]\nat = 1\nlampfails = 'left'", "act 1 lampfails"),
        ("title = 'x'\n[[act]]\nat = 5\n[[act]]\nat = 1", "act 2 is at 1 s"),
        ("title = 'x'\nrepeat_after = 2\n[[act]]\nat = 5", "repeat_after"),
        ("title = ", "Invalid value"),
    ],
)
def test_a_wrong_script_is_refused_by_act_and_key(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "scene.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError, match=says):
        read_script(file)
    with pytest.raises(ScriptError, match=r"missing\.toml"):
        read_script(tmp_path / "missing.toml")


def test_who_is_not_there_is_told_before_anything_starts(scene: Scene, tmp_path: Path) -> None:
    def direct(act: Act) -> None:
        Director(Script(title="x", act=(act,)), scene, StandInPower(), lambda: None, {"a": tmp_path / "a.png"}, ["p"])

    with pytest.raises(ScriptError, match="nobody"):
        direct(Act(at=0, person="nobody"))
    with pytest.raises(ScriptError, match="1 students"):
        direct(Act(at=0, code="student:2"))
    direct(Act(at=0, code="student:1"))


def test_acts_are_played_in_their_order(scene: Scene, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "anna.png"), np.full((200, 150, 3), 128, np.uint8))
    power, pressed = StandInPower(), []
    acts = (
        Act(at=0, person="anna", code="student:1", phone=PhoneLook(brightness=0.5)),
        Act(at=0.05, lamp_fails="left", battery_percent=9, on_battery=True, press=True),
        Act(at=0.1, person="", code="", lamp_works="left", camera=CameraMishap.HANGS),
    )
    director = Director(
        Script(title="x", act=acts),
        scene,
        power,
        lambda: pressed.append(scene.showing),
        {"anna": tmp_path / "anna.png"},
        ["PAYLOAD-1"],
    )
    director.start()
    director.start()
    until(lambda: director.played == 3)
    shown = pressed[0]
    assert (shown.person, shown.code, shown.phone) == ("anna", "PAYLOAD-1", Phone(brightness=0.5))
    assert (power.read().battery_percent, power.read().on_battery, power.read().throttled) == (9, True, False)
    until(lambda: scene.showing.person is None and scene.showing.code is None)
    director.stop()
    assert scene.mishaps.camera is CameraMishap.NONE  # a camera that hangs could not be stopped


@pytest.mark.parametrize(
    ("phone", "readable"),
    [
        (Phone(), True),
        (Phone(brightness=0.55, quality=25), True),
        (Phone(blur=0.3), True),
        (Phone(glare=1.0, blur=1.2), False),
        (Phone(blur=2.0), False),
    ],
)
def test_codes_on_bad_phones(scene: Scene, phone: Phone, *, readable: bool) -> None:
    scene.show_code("SIMULATED-12345", phone)
    assert scene.wait_settled()
    picture = scene.look()[0].preview_at(0, 0)
    assert (read_codes(picture) == ["SIMULATED-12345"]) is readable


def test_a_failing_lamp_is_dark_whatever_it_is_driven_with(scene: Scene) -> None:
    lamps = SceneLamps(scene)
    lamps.start()
    lamps.set_level(LampLevel.FRAMING)
    until(lambda: scene.look()[1].left == 0.4)
    scene.mishaps.fail_lamp("left", dead=True)
    assert scene.look()[1] == LampDrive(0.0, 0.4, 0.4)
    with pytest.raises(ValueError, match="no lamp"):
        scene.mishaps.fail_lamp("middle", dead=True)
    scene.mishaps.fail_lamp("left", dead=False)
    assert scene.look()[1].left == 0.4
    lamps.stop()


def test_a_camera_that_is_unplugged_capped_or_hangs_and_comes_back(scene: Scene) -> None:
    camera = ReplayCamera(scene)
    camera.start()
    try:
        camera.next_preview()
        scene.mishaps.befall_camera(CameraMishap.UNPLUGGED)
        until(lambda: camera.status().state is DeviceState.FAILING)
        until(lambda: camera.status().failures >= 2)
        assert "cable is out" in camera.status().detail
        scene.mishaps.befall_camera(CameraMishap.CAPPED)
        until(lambda: camera.status().state is DeviceState.READY)
        still = camera.capture(StillRequirement(), timeout=5)
        assert still.preview.pixels.mean() < 25
        scene.mishaps.befall_camera(CameraMishap.HANGS)
        begun = time.monotonic()
        until(lambda: camera.status().state is DeviceState.FAILING)
        assert time.monotonic() - begun < 8  # noticed within two seconds, on a machine that has time
        scene.mishaps.befall_camera(CameraMishap.NONE)
        until(lambda: camera.status().state is DeviceState.READY)
        assert camera.next_preview(timeout=5).pixels.mean() > 25
    finally:
        scene.mishaps.befall_camera(CameraMishap.NONE)
        camera.stop()
