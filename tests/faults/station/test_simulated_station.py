"""A whole station process with a scripted body: it asks for a restart by its exit code, is alone on its data, stops quickly."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from simulated_station import PATIENCE, Running

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("networks_dir")]
UNPLUGGED = """
title = "the camera's cable is pulled and nobody puts it back"
[[act]]
at = 0
code = "SIMULATED-1"
[[act]]
at = 2
camera = "unplugged"
"""
QUIET = """
title = "nothing happens"
[[act]]
at = 0
battery_percent = 24
on_battery = true
"""


def test_a_camera_that_stays_away_ends_the_process_so_that_it_is_started_again(tmp_path: Path) -> None:
    station = Running(tmp_path, UNPLUGGED)
    try:
        station.url()
        assert station.process.wait(PATIENCE) == 75
    finally:
        station.end()
    endings = [body for event, body in station.journal() if event == "station.ending"]
    assert [ending["ending"] for ending in endings] == ["restart"]
    assert "cable is out" in endings[0]["why"]


def test_one_station_a_data_folder_and_a_quick_end(tmp_path: Path) -> None:
    station = Running(tmp_path, QUIET)
    try:
        state = station.state()
        battery = next(item for item in state["health"] if item["name"] == "battery")  # type: ignore[attr-defined]
        assert (battery["state"], battery["value"]) == ("warn", 24.0)
        second = station.again()
        assert second.returncode == 2
        assert "another station runs on" in second.stderr
        begun = time.monotonic()
        station.process.terminate()
        assert station.process.wait(PATIENCE) == 0
        assert time.monotonic() - begun < 6  # 2 s on a machine of its own: tests/bench/firmware/long_run.py measures it
    finally:
        station.end()
    assert [event for event, _ in station.journal()][-1] == "station.stopped"
