"""A whole `station run --simulate` as a process of its own, for tests and measurements."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx2
from sqlmodel import col, select

from appliance.ledger.store import Ledger
from appliance.ledger.tables import JournalRow

PATIENCE = 60.0  # seconds; the machine may be busy


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
