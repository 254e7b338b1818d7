"""The station's visit and the platform's orders, with nothing made up between them: asked, paid at the gateway, handed over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from platform_fixtures import Counterpart, charge, plain, wait_until
from visit_fixtures import ABLE, STATION_ID, ReadsNothing, ScriptedShutter, SteadyClock, facts
from web_station import PAIRING_CODE, web_app

from appliance.ledger.store import Ledger
from appliance.outbox import order_news
from appliance.outbox.link import Link
from appliance.outbox.receiver import Receiver
from appliance.platform.client import PlatformClient
from appliance.platform.identity import StationIdentity
from appliance.platform.roster_store import RosterStore
from appliance.visit.album import Album
from appliance.visit.conductor import Conductor
from appliance.visit.face_match import FaceComparer
from appliance.visit.id_card.desk import CardDesk
from appliance.visit.identification import Identification
from appliance.visit.order_desk import OrderDesk
from appliance.visit.plans import PlanBook


@dataclass
class FeeStation:
    """A station's visit over its web interface, enrolled at a platform that takes a fee."""

    web: TestClient
    conductor: Conductor
    counterpart: Counterpart
    ledger: Ledger
    identity: StationIdentity

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self.web.post(f"/api/visit{path}", json=body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def payment(self) -> dict[str, Any]:
        found: dict[str, Any] = self.web.get("/api/visit").json()["payment"]
        return found

    def to_fee(self, number: int) -> dict[str, Any]:
        student = self.counterpart.roster.students[number]
        self.post("/code", {"payload": student.payload})
        self.post("/verify", {"answer": student.last_four})
        version = self.counterpart.roster.plan.consent.version
        return self.post("/confirm", {"record_confirmed": True, "consent_version": version})


@pytest.fixture
def poll_s() -> float:
    """Between two questions about an order."""
    return 0.05


@pytest.fixture
def fee_station(counterpart: Counterpart, tmp_path: Path, poll_s: float) -> Iterator[FeeStation]:
    charge(counterpart, fen=1500)
    ledger = Ledger(tmp_path / "fee")
    identity = counterpart.enrol_into(ledger.data_dir / "keys")
    with PlatformClient(identity) as client:
        page = client.rosters()
    assert page is not None
    rosters, _refused = RosterStore(ledger.data_dir / "rosters", identity).take(page, datetime.now(UTC))
    book = PlanBook(ledger, ABLE, lambda: datetime.now(UTC))
    book.take(rosters, STATION_ID)
    identification = Identification(ledger, book)
    identification.sealing_key = identity.sealing_key
    connect: Callable[[], PlatformClient] = lambda: PlatformClient(identity)  # noqa: E731
    conductor = Conductor(
        ledger=ledger,
        identification=identification,
        shutter=ScriptedShutter(),  # type: ignore[arg-type]
        clock=SteadyClock(),
        station=facts,
        orders=connect,
        album=Album(None),  # type: ignore[arg-type]
        cards=CardDesk(ReadsNothing(), FaceComparer(Path("none"), lambda _: None)),
    )
    desk = OrderDesk(conductor, connect, poll_s=poll_s, has_ended=lambda order: order_news.has_ended(ledger, order))
    conductor.listen(desk)
    desk.start()
    app = web_app(ledger, SteadyClock(), conductor, identification=identification)  # type: ignore[arg-type]
    web = TestClient(app, base_url="http://station.local")
    assert web.post("/api/pairing", json={"code": PAIRING_CODE}).status_code == 204
    yield FeeStation(web, conductor, counterpart, ledger, identity)
    desk.stop()
    ledger.close()


def test_f13_the_code_to_pay_is_drawn_paid_by_whoever_opens_it_and_never_asked_for_twice(
    fee_station: FeeStation,
) -> None:
    station = fee_station
    assert station.to_fee(0)["state"] == "paying"
    wait_until("the platform gives an order", lambda: station.payment()["state"] == "pending")
    payment = station.payment()
    assert (payment["amount_fen"], payment["qr"]) == (1500, "/api/visit/payment/qr.svg")
    drawn = station.web.get(payment["qr"])
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in drawn.content
    gateway = station.counterpart.platform.gateway
    gateway.pay(payment["pay_url"].rsplit("/", 1)[1])
    station.web.get(payment["pay_url"])  # nothing comes of opening it again
    wait_until("the visit goes on", lambda: station.web.get("/api/visit").json()["state"] == "framing")
    assert station.web.get("/api/visit/payment/qr.svg").status_code == 404
    station.post("/abandon", {"reason": "student-left"})
    again = station.to_fee(0)
    assert (again["state"], again["payment"]["state"]) == ("framing", "paid")


@pytest.mark.parametrize("poll_s", [600.0])
def test_f13_the_platforms_own_word_of_a_payment_lets_the_visit_go_on_without_another_question(
    fee_station: FeeStation,
) -> None:
    station, stopping = fee_station, threading.Event()
    station.to_fee(2)
    wait_until("the platform gives an order", lambda: station.payment()["state"] == "pending")
    with PlatformClient(station.identity) as client:
        folder = station.ledger.data_dir / "rosters"
        receiver = Receiver(station.ledger, client, Link(station.ledger), folder, stopping, version="0")
        receiver.step(0.0)
        assert station.payment()["state"] == "pending"
        with plain(station.counterpart.address) as phone:
            assert phone.post(station.payment()["pay_url"]).status_code == 303
        receiver.step(5.0)
    wait_until("the visit goes on", lambda: station.web.get("/api/visit").json()["state"] == "framing")
    assert not order_news.has_ended(station.ledger, "another")


def test_f13_a_cancelled_order_takes_no_money_and_another_one_is_asked_for(fee_station: FeeStation) -> None:
    station = fee_station
    station.to_fee(1)
    wait_until("the platform gives an order", lambda: station.payment()["state"] == "pending")
    first = station.payment()["pay_url"]
    assert station.post("/payment/cancel")["payment"]["state"] == "cancelled"
    refused = station.web.post("/api/visit/payment/defer")
    assert (refused.status_code, refused.json()["code"]) == (409, "payment-refused")
    station.post("/payment/retry")
    wait_until("another order comes", lambda: station.payment()["state"] == "pending")
    assert station.payment()["pay_url"] != first
