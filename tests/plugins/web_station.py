"""A web room over a real ledger, with a conductor that only notes what it was asked: access and pages' interface by themselves."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from visit_fixtures import identification_of

from appliance.ledger.store import Ledger
from appliance.outbox.status import queue_status
from appliance.outbox.wishes import retry_wish
from appliance.visit.feed import LiveFeed
from appliance.visit.inbox import Inbox
from appliance.visit.machine import State
from appliance.visit.records import Records
from appliance.visit.reflexes import Reflexes
from appliance.visit.reports import Reports
from appliance.visit.state import Visit
from appliance.visit.withdrawals import Withdrawals, quick_client
from appliance.web.app import create_app
from appliance.web.hub import Hub
from appliance.web.parts import Parts
from firmware.ports import ClockReading

PAIRING_CODE = "482913"
SETUP_CODE = "13572468"
PIN, OTHER_PIN = "402817", "918273"


@dataclass
class HandClock:
    """A clock that a test turns."""

    now: float = 1000.0
    boot_id: str = "boot-1"

    def monotonic(self) -> float:
        return self.now

    def read(self) -> ClockReading:
        return ClockReading(datetime(2026, 6, 1, 8, tzinfo=UTC), trusted=True, boot_id=self.boot_id)


@dataclass
class NotingConductor:
    """Answers every step; `asked` holds the steps with their arguments."""

    asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    visit: Any = None
    shot: Any = None
    fault: Any = None
    guidance: Any = None
    notice: Any = None
    state: State = State.IDLE

    def __getattr__(self, step: str) -> Any:
        def note(*arguments: Any, **named: Any) -> str:
            self.asked.append((step, arguments, named))
            return "capture-1"

        return note

    def steps(self) -> list[str]:
        return [step for step, _, _ in self.asked]

    def begin(self, visit_id: str) -> None:
        """A visit is in progress."""
        self.visit = Visit(
            visit_id=visit_id,
            state=State.FRAMING,
            plan_id="plan-1",
            code_digest="0" * 64,
            sealed_code="",
            identity={},
            roster_serial=1,
            payload=None,
        )


@dataclass
class WebStation:
    """The application, and who asks it."""

    ledger: Ledger
    clock: HandClock
    conductor: NotingConductor
    app: FastAPI
    reflexes: Reflexes | None = None

    def stranger(self) -> TestClient:
        """Somebody who is not paired."""
        return TestClient(self.app, base_url="http://station.local")

    def tablet(self) -> TestClient:
        """A newly paired tablet."""
        client = self.stranger()
        code = self.program().post("/api/pairing/code").json()["code"]
        assert client.post("/api/pairing", json={"code": code}).status_code == 204
        return client

    def program(self) -> TestClient:
        """A program on the machine."""
        token = (self.ledger.data_dir / "control.token").read_text()
        return TestClient(self.app, base_url="http://station.local", headers={"Authorization": f"Bearer {token}"})


def made(tablet: TestClient, name: str, role: str, pin: str, **more: Any) -> str:
    """Somebody who may sign in; the id."""
    answer = tablet.post("/api/people", json={"name": name, "role": role, "pin": pin, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def sign_in(tablet: TestClient, person: str, pin: str = PIN) -> int:
    """Sign in at a tablet; the status."""
    return tablet.post("/api/session", json={"operator": person, "pin": pin}).status_code


def web_app(ledger: Ledger, clock: HandClock, conductor: NotingConductor, **more: Any) -> FastAPI:
    """The application over these parts."""
    given: dict[str, Any] = (
        {
            "name": "station",
            "version": "0",
            "instance": "i",
            "ledger": ledger,
            "conductor": conductor,
            "identification": identification_of(ledger),
            "feed": LiveFeed(),
            "clock": clock,
            "devices": list,
            "queue": lambda: queue_status(ledger),
            "retry": lambda _row: True,
            "retry_wish": lambda begins: retry_wish(ledger, begins),
            "read_codes": lambda _pixels: [],
            "pairing_code": PAIRING_CODE,
            "setup_code": SETUP_CODE,
        }
        | _after(ledger, clock)
        | more
    )
    # Rooms that these tests never enter are doors that only note who knocked.
    needed = [item.name for item in fields(Parts) if item.default is MISSING and item.default_factory is MISSING]
    parts = Parts(**{name: NotingConductor() for name in needed} | given)
    return create_app(parts, Hub())


def _after(ledger: Ledger, clock: HandClock) -> dict[str, Any]:
    """Records and what may be done to them, on a station that no platform knows."""
    records = Records(ledger)
    return {
        "records": records,
        "withdrawals": Withdrawals(ledger, clock, lambda: quick_client(ledger.data_dir / "keys")),
        "reports": Reports(ledger, clock, lambda: None, dict),
        "counters": lambda: records.today(clock.read().utc, None),
    }


# Digests of PINs that take no time: the commands' tests (`station people`) make the real ones.
QUICK_DIGEST = functools.partial(PasswordHasher, time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def web_station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebStation]:
    monkeypatch.setattr("appliance.web.people.PasswordHasher", QUICK_DIGEST)
    ledger, clock, conductor = Ledger(tmp_path / "data"), HandClock(), NotingConductor()
    inbox = Inbox("reflexes")
    inbox.start()
    reflexes = Reflexes(conductor, inbox, None, lambda: None)  # type: ignore[arg-type]
    yield WebStation(ledger, clock, conductor, web_app(ledger, clock, conductor, reflexes=reflexes), reflexes)
    inbox.stop()
    ledger.close()
