"""A whole station process with a scripted body: it asks for a restart by its exit code, is alone on its data, stops quickly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from sqlmodel import col, select

from appliance.ledger.store import Ledger
from appliance.ledger.tables import JournalRow

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("networks_dir")]
PATIENCE = 60.0  # seconds; the machine may be busy
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


class Running:
    """One `station run --simulate`."""

    def __init__(self, folder: Path, script: str) -> None:
        self.data = folder / "data"
        self.log = folder / "log"
        self._announced = folder / "announced"
        (folder / "scene.toml").write_text(script, encoding="utf-8")
        self._command = [sys.executable, "-m", "appliance.cli", "run", "--port", "0", "--data", str(self.data)]
        self._command += ["--simulate", str(folder / "scene.toml")]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self._command, "--announce", str(self._announced)], stdout=log, stderr=log, env=os.environ.copy()
            )

    def url(self) -> str:
        end = time.monotonic() + PATIENCE
        while not self._announced.exists():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.02)
        return str(json.loads(self._announced.read_text())["url"])

    def state(self) -> dict[str, object]:
        url = self.url()
        token = (self.data / "control.token").read_text()
        answer = httpx2.get(f"{url}/api/state", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)
        found: dict[str, object] = answer.raise_for_status().json()
        return found

    def end(self) -> None:
        self.process.kill()
        self.process.wait()

    def journal(self) -> list[tuple[str, dict[str, str]]]:
        ledger = Ledger(self.data)
        with ledger.reading() as session:
            rows = session.exec(select(JournalRow).order_by(col(JournalRow.seq))).all()
        ledger.close()
        return [(row.event, json.loads(row.body)) for row in rows]

    def again(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self._command, capture_output=True, text=True, timeout=PATIENCE, check=False)


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
