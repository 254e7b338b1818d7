"""The technician's page asks the running station how it is."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient
from web_station import HandClock, NotingConductor, web_app

from appliance.ledger.store import Ledger


def test_the_examination_and_the_health_list_are_for_paired_tablets(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "data")
    clock = {"name": "clock", "outcome": "warn", "title": {"zh": "时钟", "en": "clock"}, "value": "?", "advice": None}
    found = {"outcome": "warn", "findings": [clock]}
    title = {"zh": "温度", "en": "temperature"}
    item = {"name": "heat", "state": "ok", "title": title, "value": 48.0, "limit": 75.0, "unit": "°C", "advice": None}
    app = web_app(ledger, HandClock(), NotingConductor(), doctor=lambda: found, health=lambda: [item])
    stranger = TestClient(app, base_url="http://station.local")
    assert stranger.get("/api/doctor").status_code == 401
    token = (tmp_path / "data/control.token").read_text()
    program = TestClient(app, base_url="http://station.local", headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/doctor").json() == found
    assert program.get("/api/state").json()["health"] == [item]
    ledger.close()
