"""The examination finds what is wrong with a station, and says what to do."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from appliance.cli import program
from appliance.devices import Devices
from appliance.doctor import hands, machine
from appliance.doctor.examination import examine, report
from appliance.doctor.finding import Finding, Outcome, texts
from appliance.doctor.running import running_report
from appliance.health.faults import fault_words
from appliance.ledger.store import Ledger
from firmware.camera.replay import ReplayCamera
from firmware.camera.v4l2 import V4L2Camera
from firmware.clock import SystemClock
from firmware.indicator.standin import StandInIndicator
from firmware.lamps.scene import SceneLamps
from firmware.ports import DeviceFault, DeviceState, DeviceStatus, LampDrive
from firmware.power.linux import LinuxPower
from firmware.scanner.codes import read_codes
from firmware.scanner.optical import OpticalScanner
from firmware.scene.world import Scene
from firmware.trigger.standin import StandInTrigger
from firmware.worker import Patience


class Wiring(Scene):
    """A scene whose lamps may be dead or wired the wrong way round."""

    dead = swapped = False

    def light(self, drive: LampDrive) -> None:
        if self.swapped:
            drive = LampDrive(drive.right, drive.left, drive.background)
        super().light(replace(drive, left=0.0) if self.dead else drive)


class Bench:
    """A stand-in station and the hands that help to examine it."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        self.scene = Wiring(still_size=(1280, 960))
        self.foot = StandInTrigger()
        self.lamps = SceneLamps(self.scene)
        self.steps = True
        self.asked: list[str] = []
        self.devices = Devices(
            camera=ReplayCamera(self.scene, self.lamps.lit_during),
            lamps=self.lamps,
            scanners=(OpticalScanner(),),
            trigger=self.foot,
            indicator=StandInIndicator(),
            power=LinuxPower(root),
            clock=SystemClock(),
            read_codes=read_codes,
            stand_in=None,
            lamps_driven=True,
        )

    def ask(self, what: object, seconds: float) -> None:
        self.asked.append(str(what))

    def hold_code(self) -> None:
        self.scene.show_code("CODE-1")

    def press(self) -> None:
        if self.steps:
            self.foot.press()

    def done(self) -> None:
        self.scene.clear_code()

    def findings(self, seconds: float = 20.0) -> dict[str, Finding]:
        return {finding.name: finding for finding in examine(self.devices, self.folder, self, seconds)}


@pytest.fixture
def bench(tmp_path: Path, networks_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(hands, "SHOWN_FOR", 0.01)
    (tmp_path / "data").mkdir()
    with ExitStack() as stack:
        bench = Bench(tmp_path / "data", tmp_path)
        stack.callback(bench.scene.close)
        yield bench


def test_a_sound_station_is_found_sound_and_left_dark(bench: Bench) -> None:
    Ledger(bench.folder).close()
    found = bench.findings()
    wrong = {name: f.value for name, f in found.items() if f.outcome is Outcome.FAIL}
    assert wrong == {}
    for name in (
        "networks",
        "keys",
        "key_files",
        "disk_speed",
        "camera",
        "first_frame",
        "frame_rate",
        "still",
        "picture",
    ):
        assert found[name].outcome is Outcome.OK, found[name]
    for name in ("lamp_left", "lamp_right", "lamp_background", "scanner", "code", "button", "indicator"):
        assert found[name].outcome is Outcome.OK, found[name]
    assert found["enrolment"].outcome is Outcome.WARN
    assert found["sealing"].outcome is Outcome.WARN  # a checkout's keys are plain
    assert len(bench.asked) == 2
    assert bench.scene.look()[1] == LampDrive()
    assert {status.state for status in bench.devices.statuses()} == {DeviceState.STOPPED}
    assert report(list(found.values()))["outcome"] == "warn"


def test_a_dead_lamp_and_nobody_at_the_button(bench: Bench) -> None:
    bench.scene.dead, bench.steps = True, False
    found = bench.findings(seconds=3.0)
    assert found["lamp_left"].outcome is Outcome.FAIL
    assert found["lamp_left"].advice is not None
    assert "wiring" in found["lamp_left"].advice.en
    assert found["lamp_right"].outcome is Outcome.OK
    assert found["button"].outcome is Outcome.WARN
    assert found["code"].outcome is Outcome.OK


def test_swapped_lamps_and_a_lens_cap(bench: Bench) -> None:
    bench.scene.swapped = True
    found = bench.findings(seconds=0.0)
    assert found["lamp_left"].outcome is found["lamp_right"].outcome is Outcome.WARN
    assert found["code"].outcome is found["button"].outcome is Outcome.SKIPPED
    bench.scene.show_person(np.full((960, 1280, 3), 2, np.uint8))
    assert bench.scene.wait_settled()
    assert bench.findings(seconds=0.0)["picture"].outcome is Outcome.FAIL


def test_without_a_camera_the_rest_is_examined(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.doctor.eyes.OPENS_WITHIN", 0.3)
    quick = Patience(step=0.2, open=0.5, close=0.5, pause=0.05, longest_pause=0.1)
    missing = V4L2Camera("/dev/no-such-video", patience=quick)
    bench.devices = replace(bench.devices, camera=missing)
    found = bench.findings(seconds=0.0)
    assert found["camera"].outcome is Outcome.FAIL
    assert "/dev/no-such-video" in found["camera"].value
    assert "lamp_left" not in found
    assert found["indicator"].outcome is Outcome.OK


def test_files_that_are_not_as_they_should_be(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger(bench.folder).close()
    os.chmod(bench.folder / "keys/ledger.key", 0o644)  # noqa: PTH101
    monkeypatch.setattr(machine, "verify", lambda: {"mesh": "changed", "faces": "ok"})
    monkeypatch.setattr(machine, "SLOW_MS", 0.0)
    found = {f.name: f for f in machine.machine_findings(bench.folder, bench.devices.power, bench.devices.clock)}
    assert found["key_files"].outcome is Outcome.FAIL
    assert "ledger.key" in found["key_files"].value
    assert found["networks"].value == "mesh changed"
    assert found["disk_speed"].outcome is Outcome.WARN
    (bench.folder / "keys/ledger.key").write_bytes(b"short")
    assert next(machine.keys(bench.folder)).outcome is Outcome.FAIL


def test_a_running_station_answers_by_what_its_devices_say(bench: Bench) -> None:
    statuses = [
        DeviceStatus("camera", DeviceState.FAILING, "unplugged", "Plug it in.", fault=DeviceFault.MISSING),
        DeviceStatus("lamps", DeviceState.READY),
    ]
    answer = running_report(bench.folder, bench.devices.power, bench.devices.clock, statuses)
    assert answer["outcome"] == "fail"
    camera, lamps = answer["findings"][-2:]
    assert camera["advice"]["en"].endswith("(Plug it in.)")
    assert "拔掉" in camera["advice"]["zh"]
    assert lamps["outcome"] == "ok"


@pytest.mark.parametrize("fault", [*DeviceFault, None])
def test_every_fault_of_a_device_has_words_in_both_languages(fault: DeviceFault | None) -> None:
    told = fault_words(DeviceStatus("camera", DeviceState.FAILING, "it said so", fault=fault))
    assert told is not None
    assert re.search(r"[\u4e00-\u9fff]", told.zh)
    assert re.fullmatch(r"[\x20-\x7e]+", told.en)
    assert fault_words(DeviceStatus("camera", DeviceState.READY)) is None


def test_every_text_is_in_both_languages() -> None:
    for name, row in texts().items():
        for part in ("title", "advice"):
            assert row[part]["zh"], name
            assert row[part]["en"], name


def test_the_command_says_so_by_its_exit_code(
    tmp_path: Path, networks_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "SHOWN_FOR", 0.01)
    monkeypatch.setattr("appliance.composition.body.Scene", partial(Scene, still_size=(1280, 960)))
    data = tmp_path / "data"

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        result = CliRunner().invoke(program(), ["doctor", "--json", "--data", str(data), *arguments])
        return result.exit_code, json.loads(result.stdout) if result.stdout.startswith("{") else {}

    code, answer = run("--wait", "20")
    assert code == 0
    assert {f["name"]: f["outcome"] for f in answer["findings"]}["code"] == "ok"
    monkeypatch.setattr(machine, "verify", lambda: {"mesh": "missing"})
    code, answer = run("--wait", "0")
    assert (code, answer["outcome"]) == (1, "fail")
    assert run("--camera", "nonsense")[0] == 2
