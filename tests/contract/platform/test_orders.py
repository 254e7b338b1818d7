"""The fee through the contract: asked for once, paid once, told to the station, found again by a retake."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from platform_fixtures import Counterpart, charge, order_request
from sqlmodel import select

from appliance.platform.client import PlatformClient
from appliance.platform.contract import Order
from appliance.platform.errors import PlatformRefused
from appliance.platform.reference.composition import Platform, utc_now
from appliance.platform.reference.gateway import Payment
from appliance.platform.reference.order_tables import OrderRow, PrepaidRow
from appliance.platform.reference.orders import settled, take_payment
from appliance.platform.reference.students import student_key
from appliance.platform.roster_store import RosterStore

HOUR = timedelta(hours=1)


def paid_at_gateway(platform: Platform, order: Order) -> Payment:
    assert order.pay_url is not None
    payment = platform.gateway.pay(order.pay_url.rsplit("/", 1)[1])
    assert payment is not None
    return payment


def later(platform: Platform, order: Order) -> OrderRow:
    """The order as the platform settles it an hour later."""
    object.__setattr__(platform, "now", lambda: utc_now() + HOUR)
    with platform.database.read() as session:
        return settled(platform, session.get_one(OrderRow, order.order_id))


def test_an_order_has_the_plans_amount_and_a_page_to_pay_it(counterpart: Counterpart, client: PlatformClient) -> None:
    charge(counterpart, fen=1500)
    order = client.create_order(order_request(counterpart, counterpart.roster.students[0]), "visit-1")
    assert (order.state, order.amount_fen, order.currency) == ("pending", 1500, "CNY")
    assert order.pay_url is not None
    assert order.pay_url.startswith(counterpart.address + "/pay/")
    assert order.expires_at > datetime.now(order.expires_at.tzinfo)
    assert client.order(order.order_id) == order


def test_the_same_key_is_the_same_order_and_another_key_of_the_student_too(
    counterpart: Counterpart, client: PlatformClient
) -> None:
    charge(counterpart)
    student, other = counterpart.roster.students[:2]
    first = client.create_order(order_request(counterpart, student), "visit-1")
    assert client.create_order(order_request(counterpart, student), "visit-1") == first
    assert client.create_order(order_request(counterpart, student), "visit-2") == first
    assert client.create_order(order_request(counterpart, other), "visit-3").order_id != first.order_id
    with pytest.raises(PlatformRefused) as refusal:
        client.create_order(order_request(counterpart, other), "visit-1")
    assert refusal.value.code == "other-order"


def test_asked_by_many_at_once_there_is_one_order(counterpart: Counterpart) -> None:
    charge(counterpart)
    request = order_request(counterpart, counterpart.roster.students[0])
    found: list[str] = []

    def ask(number: int) -> None:
        with PlatformClient(counterpart.enrol()) as client:
            found.append(client.create_order(request, f"visit-{number}").order_id)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 6
    assert len(set(found)) == 1


def test_a_payment_is_told_once_to_every_station_that_asked_and_found_again_by_a_retake(
    counterpart: Counterpart, client: PlatformClient, tmp_path: Path
) -> None:
    charge(counterpart)
    student = counterpart.roster.students[0]
    order = client.create_order(order_request(counterpart, student), "visit-1")
    cursor = client.events().cursor
    payment = paid_at_gateway(counterpart.platform, order)
    for _ in range(3):
        take_payment(counterpart.platform, payment)
    events = client.events(cursor).events
    assert [event.kind for event in events] == ["order"]
    told = Order.model_validate(events[0].data)
    assert (told.order_id, told.state, told.pay_url) == (order.order_id, "paid", None)
    assert told.paid_at is not None
    with PlatformClient(counterpart.enrol()) as other_desk:
        again = other_desk.create_order(order_request(counterpart, student), "retake")
        assert (again.order_id, again.state) == (order.order_id, "paid")
        page = other_desk.rosters()
        assert page is not None
        [roster], _ = RosterStore(tmp_path / "r", other_desk.identity).take(page, other_desk.clock.now())
        entry = roster.find(student.payload)
        assert entry is not None
        assert getattr(entry, "payment", None) == "paid"


def test_an_order_is_cancelled_once_and_its_page_can_no_longer_be_paid(
    counterpart: Counterpart, client: PlatformClient
) -> None:
    charge(counterpart)
    request = order_request(counterpart, counterpart.roster.students[0])
    order = client.create_order(request, "visit-1")
    cursor = client.events().cursor
    assert client.cancel_order(order.order_id).state == "cancelled"
    assert client.cancel_order(order.order_id).state == "cancelled"
    assert [event.data["state"] for event in client.events(cursor).events] == ["cancelled"]
    assert paid_at_gateway(counterpart.platform, order).state == "closed"
    assert client.create_order(request, "visit-1").state == "cancelled", "a key stands for one order for good"
    assert client.create_order(request, "visit-1b").state == "pending"


def test_a_payment_of_the_last_moment_wins_over_cancelling(counterpart: Counterpart, client: PlatformClient) -> None:
    charge(counterpart)
    order = client.create_order(order_request(counterpart, counterpart.roster.students[0]), "visit-1")
    paid_at_gateway(counterpart.platform, order)  # the platform was not told
    with pytest.raises(PlatformRefused) as refusal:
        client.cancel_order(order.order_id)
    assert refusal.value.code == "paid"
    assert client.order(order.order_id).state == "paid"


def test_an_order_nobody_paid_expires_and_a_late_payer_pays_nothing(
    counterpart: Counterpart, client: PlatformClient
) -> None:
    charge(counterpart)
    order = client.create_order(order_request(counterpart, counterpart.roster.students[0]), "visit-1")
    assert later(counterpart.platform, order).state == "expired"
    assert paid_at_gateway(counterpart.platform, order).state == "closed"


def test_an_order_paid_in_time_does_not_expire_though_nobody_told_the_platform(
    counterpart: Counterpart, client: PlatformClient
) -> None:
    charge(counterpart)
    order = client.create_order(order_request(counterpart, counterpart.roster.students[0]), "visit-1")
    paid_at_gateway(counterpart.platform, order)
    assert later(counterpart.platform, order).state == "paid"


def test_a_payment_of_another_amount_is_refused(counterpart: Counterpart, client: PlatformClient) -> None:
    charge(counterpart, fen=2000)
    order = client.create_order(order_request(counterpart, counterpart.roster.students[0]), "visit-1")
    payment = paid_at_gateway(counterpart.platform, order)
    with counterpart.platform.database.write() as session:
        row = session.exec(select(OrderRow)).one()
        row.amount_fen = 3000
    with pytest.raises(Exception, match="2000 fen were paid"):
        take_payment(counterpart.platform, payment)
    assert client.order(order.order_id).state == "pending"


def test_what_cannot_be_charged_is_refused_with_its_reason(counterpart: Counterpart, client: PlatformClient) -> None:
    student = counterpart.roster.students[0]
    request = order_request(counterpart, student)

    def refused(changed: dict[str, str], code: str) -> None:
        with pytest.raises(PlatformRefused) as refusal:
            client.create_order(request.model_copy(update=changed), "visit-1")
        assert refusal.value.code == code

    refused({}, "no-fee")
    charge(counterpart)
    refused({"plan_id": "nowhere"}, "unknown-plan")
    refused({"plan_id": counterpart.roster.other_plan.id}, "unknown-plan")
    refused({"code_digest": "0" * 64}, "wrong-code")
    refused({"sealed_code": "a.b.c.d.e"}, "body-unreadable")
    with counterpart.platform.database.write() as session:
        session.add(PrepaidRow(plan_id=student.plan_id, student_key=student_key(student.payload)))
    refused({}, "no-fee")


def test_an_order_is_known_to_the_stations_that_asked(counterpart: Counterpart, client: PlatformClient) -> None:
    charge(counterpart)
    order = client.create_order(order_request(counterpart, counterpart.roster.students[0]), "visit-1")
    with PlatformClient(counterpart.enrol()) as other, pytest.raises(PlatformRefused) as refusal:
        other.order(order.order_id)
    assert refusal.value.code == "not-yours"
    with pytest.raises(PlatformRefused) as unknown:
        client.cancel_order("or-nothing")
    assert unknown.value.code == "unknown-order"
