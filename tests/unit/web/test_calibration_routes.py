"""The technician's calibration over HTTP: what there is, versions used again and undone, the chart, and who may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from web_station import PIN, SETUP_CODE, HandClock, NotingConductor, WebStation, made, sign_in, web_app

from appliance.calibration.apply import Calibrated
from appliance.calibration.desk import CalibrationDesk
from appliance.calibration.store import Backdrop, CalibrationStore, Focus
from appliance.ledger.store import Ledger
from appliance.portrait.measurement import Message
from appliance.visit.errors import VisitInProgress
from firmware.ports import DeviceUnavailable

SIZE = (640, 480)


@dataclass
class Hall:
    """Lets calibration begin unless somebody is being served."""

    serving: bool = False

    def reserve(self, why: Message) -> None:
        if self.serving:
            raise VisitInProgress("正在采集", "a visit is in progress")

    def free(self) -> None:
        """Nobody waits."""


class NoCamera:
    """A camera that is unplugged."""

    still_size = SIZE

    def next_preview(self, *_: Any, **__: Any) -> Any:
        raise DeviceUnavailable("camera: unplugged")

    capture = control = next_preview


@dataclass
class Office:
    """The application over a store of calibrations."""

    client: TestClient
    store: CalibrationStore
    desk: CalibrationDesk
    hall: Hall
    ledger: Ledger


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger, clock, hall = Ledger(tmp_path / "data"), HandClock(), Hall()
    store = CalibrationStore(ledger.data_dir)
    plates: list[Any] = []
    lamps = SimpleNamespace(set_level=lambda _level: None)
    calibrated = Calibrated(store, NoCamera(), clock, lambda: None)  # type: ignore[arg-type]
    desk = CalibrationDesk(calibrated, SimpleNamespace(use_plate=plates.append), lamps, hall)  # type: ignore[arg-type]
    app = web_app(ledger, clock, NotingConductor(), calibration=desk)
    token = (ledger.data_dir / "control.token").read_text()
    client = TestClient(app, base_url="http://station.local", headers={"Authorization": f"Bearer {token}"})
    yield Office(client, store, desk, hall, ledger)
    desk.stop()
    ledger.close()


def test_versions_are_shown_used_again_and_undone(office: Office) -> None:
    empty = office.client.get("/api/calibration").json()
    assert (empty["current"], empty["versions"], empty["work"]["state"]) == (None, [], "idle")
    assert office.client.get("/api/calibration/plate.jpg").status_code == 404
    april, may = datetime(2026, 4, 20, tzinfo=UTC), datetime(2026, 5, 28, tzinfo=UTC)
    office.store.add(SIZE, focus=Focus(at=april, sharpness=1.0, best=1.0))
    name, digest = office.store.keep_plate(np.full((480, 640, 3), 180, np.uint8))
    office.store.add(SIZE, backdrop=Backdrop(at=may, plate=name, sha256=digest, uneven=4.0))
    used = office.client.post("/api/calibration/use", json={"number": 2}).json()
    assert used["current"]["backdrop"]["uneven"] == 4.0
    assert [(v["number"], v["measured"], v["in_use"]) for v in used["versions"]] == [
        (2, ["backdrop"], True),
        (1, ["focus"], False),
    ]
    assert used["age_days"] == pytest.approx(42.3, abs=0.1)  # the hand clock stands at 1 June, 8 o'clock
    assert used["remind_days"] < used["expired_days"]
    plate = office.client.get("/api/calibration/plate.jpg")
    assert plate.content.startswith(b"\xff\xd8")
    undone = office.client.post("/api/calibration/undo", json={}).json()
    assert undone["current"]["number"] == 1
    assert office.client.post("/api/calibration/undo", json={}).json()["current"] is None
    missing = office.client.post("/api/calibration/use", json={"number": 9})
    assert (missing.status_code, missing.json()["code"]) == (404, "no-such-calibration")


def test_the_chart_is_a_pdf_to_keep(office: Office) -> None:
    chart = office.client.get("/api/calibration/chart.pdf")
    assert chart.content.startswith(b"%PDF")
    assert "calibration-chart.pdf" in chart.headers["content-disposition"]


def test_a_step_that_cannot_be_done_says_why_and_a_visit_goes_first(office: Office) -> None:
    assert office.client.post("/api/calibration/steps/grey", json={}).status_code == 202
    office.desk.stop()
    work = office.client.get("/api/calibration").json()["work"]
    assert (work["step"], work["state"]) == ("grey", "refused")
    assert "unplugged" in work["message"]["en"]
    office.hall.serving = True
    refused = office.client.post("/api/calibration/steps/focus", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "visit-in-progress")
    assert office.client.post("/api/calibration/steps/polish", json={}).status_code == 422


def test_only_technicians_calibrate(web_station: WebStation) -> None:
    tablet, other = web_station.tablet(), web_station.tablet()
    chief = made(tablet, "王工", "technician", PIN, setup_code=SETUP_CODE)
    assert sign_in(tablet, chief) == 204
    helper = made(tablet, "小李", "operator", "918273")
    assert sign_in(other, helper, "918273") == 204
    for path in ("steps/grey", "undo", "finish"):
        answer = other.post(f"/api/calibration/{path}", json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "technician-only")
    assert other.get("/api/calibration").status_code == 403
    assert web_station.stranger().get("/api/calibration").status_code == 401
