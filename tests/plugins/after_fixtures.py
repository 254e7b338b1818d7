"""A station after the hand-over: real ledger, real web room, real delivery, a running reference platform. No devices."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from platform_fixtures import MOMENT, Counterpart, make_capture
from visit_fixtures import identification_of
from web_station import HandClock, NotingConductor, web_app

from appliance.ledger.store import AcceptedCapture, Ledger
from appliance.ledger.tables import VisitRow
from appliance.outbox.errands import Errands
from appliance.outbox.link import Link
from appliance.outbox.receiver import Receiver
from appliance.outbox.worker import OutboxWorker
from appliance.platform.client import PlatformClient
from appliance.platform.contract import RefusalReason, ReviewState
from appliance.platform.identity import StationIdentity
from appliance.platform.reference import reviews
from appliance.platform.reference.seed import Student
from appliance.platform.roster import Roster
from appliance.platform.roster_store import RosterStore
from appliance.visit.records import Records
from appliance.visit.reports import Reports
from appliance.visit.withdrawals import Withdrawals, quick_client

CLOSED = RefusalReason.model_validate({"rule": "eyes.open", "message": {"zh": "闭眼", "en": "eyes closed"}})


@dataclass
class AfterStation:
    """What stands when students have gone: `web` is a paired tablet; `deliver` and `receive` are the delivery process's steps."""

    ledger: Ledger
    counterpart: Counterpart
    identity: StationIdentity
    client: PlatformClient
    roster: Roster
    web: TestClient

    def take(self, student: Student) -> str:
        """Photograph a student; the capture's id."""
        made = make_capture(self.identity, student, original_bytes=50_000)
        capture = AcceptedCapture(
            capture_id=made.capture_id,
            visit_id=made.visit_id,
            shot_id=str(uuid.uuid4()),
            plan_id=student.plan_id,
            code_digest=self.roster.digest(student.payload),
            record=made.record,
            photo=made.photo,
            original=made.original,
            accepted_at=MOMENT.at,
        )
        visit = VisitRow(visit_id=made.visit_id, state="queued", body="{}")
        return self.ledger.accept(MOMENT, capture, visit, {"capture.queued": {"capture": made.capture_id}})

    def deliver(self) -> None:
        """Hand over everything that waits."""
        worker = OutboxWorker(self.ledger, self.client, Link(self.ledger), threading.Event())
        while worker.step():
            continue
        worker._changes.close()

    def receive(self) -> None:
        """Take what the platform has to tell."""
        self.receiver().step(0.0)

    def receiver(self) -> Receiver:
        rosters = self.ledger.data_dir / "rosters"
        return Receiver(self.ledger, self.client, Link(self.ledger), rosters, threading.Event(), version="0")

    def run_errands(self) -> None:
        """What the delivery process asks besides captures."""
        errands = Errands(self.ledger, self.client)
        while errands.step():
            continue

    def decide(self, capture_id: str, state: ReviewState) -> None:
        """A reviewer decides at the platform."""
        reasons = [CLOSED] if state == "refused" else []
        reviews.decide(self.counterpart.platform, capture_id, state, reasons, by="reviewer")

    def record(self, capture_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.web.get(f"/api/records/{capture_id}").json()
        return found


@pytest.fixture
def after(counterpart: Counterpart, tmp_path: Path) -> Iterator[AfterStation]:
    ledger, clock = Ledger(tmp_path / "after"), HandClock()
    keys = ledger.data_dir / "keys"
    identity = counterpart.enrol_into(keys)
    client = PlatformClient(identity)
    page = client.rosters()
    assert page is not None
    [roster], _refused = RosterStore(ledger.data_dir / "rosters", identity).take(page, client.clock.now())
    identification = identification_of(ledger, roster)
    identification.sealing_key = identity.sealing_key
    app = web_app(
        ledger,
        clock,
        NotingConductor(),
        identification=identification,
        records=Records(ledger),
        withdrawals=Withdrawals(ledger, clock, lambda: quick_client(keys)),
        reports=Reports(ledger, clock, lambda: identity.sealing_key, lambda: {"station.version": "0"}),
    )
    web = TestClient(app, base_url="http://station.local")
    assert web.post("/api/pairing", json={"code": "482913"}).status_code == 204
    yield AfterStation(ledger, counterpart, identity, client, roster, web)
    client.close()
    ledger.close()
