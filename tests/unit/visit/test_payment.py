from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_orders import FakeOrders
from sqlmodel import select
from visit_fixtures import DEMO, conductor_of, entry_of, plan_with, roster_of

from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, FeeRow, TriesRow
from appliance.platform.contract import CaptureRecord
from appliance.platform.errors import PlatformError
from appliance.platform.roster import Roster
from appliance.visit import order_desk
from appliance.visit.conductor import Conductor
from appliance.visit.errors import PaymentOffline, PaymentRefused, VoucherInvalid, WrongAnswer
from appliance.visit.forgetting import forget
from appliance.visit.machine import State
from appliance.visit.order_desk import OrderDesk

STUDENT = DEMO.students[0]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


def roster(when: str = "before", offline: str = "deferred", **entry: Any) -> Roster:
    plan = plan_with(fee={"amount_fen": 2000, "when": when, "offline": offline})
    return roster_of(plan, [entry_of(student, **entry) for student in DEMO.students])


def ask(conductor: Conductor, orders: FakeOrders) -> None:
    """What the desk does once, without waiting."""
    wanted = conductor.order_wanted()
    if wanted is None:
        return
    try:
        order_desk.ask(conductor, orders, wanted)
    except PlatformError as error:
        conductor.order_failed(wanted.visit_id, error)


def to_fee(conductor: Conductor, number: int = 0) -> None:
    student = DEMO.students[number]
    conductor.scan(student.payload)
    conductor.verify(student.last_four)
    conductor.confirm(record_confirmed=True, consent_version=DEMO.plan.consent.version, by="student")


def accepted(conductor: Conductor) -> str | None:
    return conductor.accept(conductor.shoot(automatic=False).shot_id, None)


def record(ledger: Ledger) -> CaptureRecord:
    with ledger.reading() as session:
        rows = session.exec(select(CaptureRow)).all()
    return CaptureRecord.model_validate(json.loads(rows[-1].record))


def paid_url(conductor: Conductor) -> str:
    url = conductor.now().payment.pay_url
    assert url is not None
    return url


@pytest.mark.parametrize(
    ("entry", "when", "state"),
    [
        ({"payment": "prepaid"}, "prepaid", "prepaid"),
        ({"payment": "paid"}, "before", "paid"),
        ({"review": "refused"}, "before", "paid"),
    ],
)
def test_f13_who_paid_before_is_not_asked(ledger: Ledger, entry: dict[str, Any], when: str, state: str) -> None:
    conductor = conductor_of(ledger, roster(when, **entry))
    to_fee(conductor)
    assert (conductor.state, conductor.now().payment.state) == (State.FRAMING, state)
    accepted(conductor)
    payment = record(ledger).payment
    assert payment is not None
    assert payment.state == state


def test_f14_whoever_opens_the_address_pays_and_the_visit_goes_on(ledger: Ledger) -> None:
    orders = FakeOrders()
    conductor = conductor_of(ledger, roster(), orders=orders.connect)
    to_fee(conductor)
    assert conductor.state is State.PAYING
    ask(conductor, orders)
    assert conductor.now().payment.state == "pending"
    orders.pay(paid_url(conductor))  # a friend's phone
    ask(conductor, orders)
    assert (conductor.state, conductor.now().payment.state) == (State.FRAMING, "paid")
    accepted(conductor)
    payment = record(ledger).payment
    assert payment is not None
    assert (payment.state, payment.order_id) == ("paid", "or-1")


def test_f15_the_fee_comes_before_the_shot_or_after_the_preview(ledger: Ledger) -> None:
    orders = FakeOrders()
    conductor = conductor_of(ledger, roster("after"), orders=orders.connect)
    to_fee(conductor)
    assert conductor.state is State.FRAMING
    assert accepted(conductor) is None
    assert conductor.state is State.PAYING
    ask(conductor, orders)
    orders.pay(paid_url(conductor))
    ask(conductor, orders)
    assert conductor.state is State.QUEUED
    assert record(ledger).capture_id.hex == (conductor.now().capture_id or "").replace("-", "")


def test_an_order_that_expired_is_followed_by_another_only_when_asked(ledger: Ledger) -> None:
    orders = FakeOrders()
    conductor = conductor_of(ledger, roster(), orders=orders.connect)
    to_fee(conductor)
    ask(conductor, orders)
    orders.expire("or-1")
    ask(conductor, orders)
    assert conductor.now().payment.state == "expired"
    ask(conductor, orders)
    assert list(orders.orders) == ["or-1"]
    conductor.retry_payment()
    ask(conductor, orders)
    assert (conductor.now().payment.order_id, len(orders.keys)) == ("or-2", 2)


def test_cancelling_leads_back_to_the_preview_and_a_payment_made_meanwhile_wins(ledger: Ledger) -> None:
    orders = FakeOrders()
    conductor = conductor_of(ledger, roster("after"), orders=orders.connect)
    to_fee(conductor)
    accepted(conductor)
    ask(conductor, orders)
    conductor.cancel_payment()
    assert (conductor.state, conductor.now().payment.state) == (State.JUDGED, "cancelled")
    shot = conductor.shot
    assert shot is not None
    assert conductor.accept(shot.shot_id, None) is None
    ask(conductor, orders)
    orders.pay(paid_url(conductor))
    conductor.cancel_payment()
    assert conductor.state is State.QUEUED
    assert orders.charged == {conductor.now().code_digest: 1}


def test_offline_the_plan_says_what_is_possible_and_only_then(ledger: Ledger) -> None:
    orders = FakeOrders()
    conductor = conductor_of(ledger, roster(offline="deferred"), orders=orders.connect)
    to_fee(conductor)
    with pytest.raises(PaymentRefused, match="can be reached"):
        conductor.defer_payment()
    orders.online = False
    ask(conductor, orders)
    assert conductor.now().payment.error is not None
    with pytest.raises(PaymentRefused, match="deferred"):
        conductor.take_voucher("ABCD-1234")
    conductor.defer_payment(operator="op-7")
    assert (conductor.state, conductor.now().payment.state) == (State.FRAMING, "deferred")


def test_a_voucher_pays_one_students_fee(ledger: Ledger) -> None:
    orders = FakeOrders(online=False)
    conductor = conductor_of(ledger, roster(offline="voucher"), orders=orders.connect)
    to_fee(conductor)
    ask(conductor, orders)
    with pytest.raises(VoucherInvalid, match="4 to 40"):
        conductor.take_voucher("AB")
    conductor.take_voucher(" ａbcd-1234 ")
    accepted(conductor)
    conductor.next()
    to_fee(conductor, 1)
    ask(conductor, orders)
    with pytest.raises(VoucherInvalid, match="used before"):
        conductor.take_voucher("ABCD-1234")
    payment = record(ledger).payment
    assert payment is not None
    assert (payment.state, len(payment.voucher_digest or "")) == ("voucher", 64)


def test_a_power_cut_while_paying_asks_for_the_same_order_and_a_paid_fee_is_never_asked_again(ledger: Ledger) -> None:
    orders = FakeOrders()
    conductor = conductor_of(ledger, roster(), orders=orders.connect)
    to_fee(conductor)
    ask(conductor, orders)
    url = paid_url(conductor)
    again = conductor_of(ledger, roster(), orders=orders.connect)
    again.restore()
    assert again.state is State.PAYING
    orders.pay(url)
    ask(again, orders)
    assert again.state is State.FRAMING
    again.abandon("student-left")
    orders.online = False
    to_fee(again)
    assert (again.state, again.now().payment.order_id) == (State.FRAMING, "or-1")
    assert list(orders.charged.values()) == [1]


def test_an_order_is_not_cancelled_without_the_platform(ledger: Ledger) -> None:
    orders = FakeOrders()
    conductor = conductor_of(ledger, roster(), orders=orders.connect)
    to_fee(conductor)
    ask(conductor, orders)
    orders.online = False
    with pytest.raises(PaymentOffline):
        conductor.cancel_payment()
    assert conductor.now().payment.state == "pending"


def test_the_desk_asks_by_itself_while_somebody_waits(ledger: Ledger) -> None:
    orders = FakeOrders(online=False)
    conductor = conductor_of(ledger, roster(), orders=orders.connect)
    desk = OrderDesk(conductor, orders.connect, poll_s=0.01)
    conductor.listen(desk)
    desk.start()
    try:
        to_fee(conductor)
        wait_for(lambda: conductor.now().payment.error is not None)
        orders.online = True
        wait_for(lambda: conductor.now().payment.pay_url is not None)
        orders.pay(paid_url(conductor))
        wait_for(lambda: conductor.state is State.FRAMING)
    finally:
        desk.stop()


def test_an_event_of_the_platform_ends_the_wait_between_two_questions(ledger: Ledger) -> None:
    orders, told = FakeOrders(), set[str]()
    conductor = conductor_of(ledger, roster(), orders=orders.connect)
    desk = OrderDesk(conductor, orders.connect, poll_s=600.0, has_ended=told.__contains__)
    conductor.listen(desk)
    desk.start()
    try:
        to_fee(conductor)
        wait_for(lambda: conductor.now().payment.pay_url is not None)
        orders.pay(paid_url(conductor))
        time.sleep(2 * order_desk.LOOK_S)
        assert conductor.state is State.PAYING  # nobody asked yet
        told.add(str(conductor.now().payment.order_id))
        wait_for(lambda: conductor.state is State.FRAMING)
    finally:
        desk.stop()


def wait_for(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_who_asks_to_be_forgotten_leaves_neither_fee_nor_wrong_answers(ledger: Ledger) -> None:
    orders = FakeOrders(online=False)
    conductor = conductor_of(ledger, roster(), orders=orders.connect)
    conductor.scan(STUDENT.payload)
    with pytest.raises(WrongAnswer):
        conductor.verify("----")
    digest = conductor.now().code_digest
    conductor.abandon("student-left")
    to_fee(conductor)
    ask(conductor, orders)
    conductor.defer_payment()
    conductor.abandon("student-left")
    forget(ledger, Moment("2026-06-01T08:00:00+00:00", True, "boot"), [digest], operator="op-7")
    with ledger.reading() as session:
        assert session.get(FeeRow, digest) is None
        assert session.get(TriesRow, digest) is None
