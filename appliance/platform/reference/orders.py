"""Orders: one student's fee, asked for once, paid once, whoever asks and however often.

A station's Idempotency-Key stands for one order for good. Another key for a student whose order is open or paid gets that same
order; only after one expired or was cancelled does a new key begin another. The gateway is asked to close a payment before its
order expires or is cancelled, so a payment made at the last moment wins, and no money comes for an order that ended.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlmodel import Session, col, select

from appliance.platform.contract import Order, OrderRequest, Plan
from appliance.platform.digests import code_digest, salt_bytes
from appliance.platform.sealing import SealBroken, unseal

from .composition import Platform
from .events import tell
from .gateway import Payment, Purpose
from .order_tables import OrderKeyRow, OrderRow, PrepaidRow
from .plans import plans_of
from .problems import Refusal
from .students import student_key
from .tables import PlanRow, StudentRow

_LIVE = ("pending", "paid")
PaidHow = Literal["unpaid", "prepaid", "paid"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a station asks to be paid: whose fee, in which plan, how much. `student` is a masked name, empty when not known."""

    plan: Plan
    student_key: str
    student: str
    code_digest: str
    amount_fen: int


def create(platform: Platform, station_id: str, key: str, request: OrderRequest, base_url: str) -> tuple[Order, bool]:
    """The order of `key`, begun or found; whether it is new.

    Refuses `unknown-plan`, `wrong-code`, `no-fee`, and `other-order` when the key was used for another student.
    """
    asked = _asked(platform, station_id, request)
    with platform.database.read() as session:
        before = _live(session, asked)
    if before is not None:
        settled(platform, before)
    locks = (f"order-key/{station_id}/{key}", _lock(asked.plan.id, asked.student_key))
    with platform.database.write(*locks) as session:
        known = session.get(OrderKeyRow, (station_id, key))
        row = session.get(OrderRow, known.order_id) if known else _live(session, asked)
        if row is not None and (row.plan_id, row.student_key) != (asked.plan.id, asked.student_key):
            raise Refusal("other-order", f"Idempotency-Key {key!r} stands for order {row.order_id}, of another student")
        if new := row is None:
            row = _begin(platform, session, asked)
        if known is None:
            session.add(OrderKeyRow(station_id=station_id, key=key, order_id=row.order_id))
    if row.state == "pending" and row.pay_url is None:
        row = _make_payable(platform, row, asked, base_url)
    return order_of(settled(platform, row)), new


def read(platform: Platform, station_id: str, order_id: str) -> Order:
    """An order as it stands now. Refuses `unknown-order`, `not-yours`."""
    return order_of(settled(platform, _own(platform, station_id, order_id)))


def cancel(platform: Platform, station_id: str, order_id: str) -> Order:
    """End an open order. Refuses `paid`; one that ended already stays as it is."""
    row = settled(platform, _own(platform, station_id, order_id))
    if row.state == "pending":
        row = _end(platform, row, "cancelled")
    if row.state == "paid":
        raise Refusal("paid", f"order {order_id} was paid at {row.paid_at}; it cannot be cancelled")
    return order_of(row)


def settled(platform: Platform, row: OrderRow) -> OrderRow:
    """The order as of now: one whose time is over is ended here, if nobody paid it in time."""
    return _end(platform, row, "expired") if row.state == "pending" and row.expires_at <= platform.stamp() else row


def take_payment(platform: Platform, payment: Payment) -> OrderRow | None:
    """Make an order paid, because the gateway says so. Doing it twice changes nothing; None when the order is not known.

    Refuses `wrong-amount`.
    """
    with platform.database.read() as session:
        found = session.get(OrderRow, payment.order_id)
    if found is None or payment.state != "paid":
        return found
    if payment.amount_fen != found.amount_fen:
        raise Refusal(
            "wrong-amount", f"{payment.amount_fen} fen were paid, order {found.order_id} asks {found.amount_fen}"
        )
    return _change(platform, found, state="paid", paid_at=payment.paid_at or platform.stamp())


def order_of(row: OrderRow) -> Order:
    """An order as stations see it."""
    return Order.model_validate(
        {
            "order_id": row.order_id,
            "plan_id": row.plan_id,
            "code_digest": row.code_digest,
            "state": row.state,
            "amount_fen": row.amount_fen,
            "currency": row.currency,
            "pay_url": row.pay_url if row.state == "pending" else None,
            "expires_at": row.expires_at,
            "paid_at": row.paid_at,
        }
    )


def payments_of(session: Session, plan_id: str) -> dict[str, PaidHow]:
    """How the fees of a plan's students stand, by student key; who is not named has not paid."""
    prepaid = session.exec(select(PrepaidRow.student_key).where(PrepaidRow.plan_id == plan_id)).all()
    paid = session.exec(select(OrderRow.student_key).where(OrderRow.plan_id == plan_id, OrderRow.state == "paid")).all()
    return {**dict.fromkeys(prepaid, "prepaid"), **dict.fromkeys(paid, "paid")}


def _asked(platform: Platform, station_id: str, request: OrderRequest) -> Asked:
    with platform.database.read() as session:
        row: PlanRow | None = next((p for p in plans_of(session, station_id) if p.plan_id == request.plan_id), None)
    if row is None:
        raise Refusal("unknown-plan", f"plan {request.plan_id} is not one of this station's; fetch the roster again")
    plan = Plan.model_validate_json(row.document)
    try:
        payload = unseal(request.sealed_code, platform.keys.sealing)
    except SealBroken as error:
        raise Refusal("body-unreadable", f"sealed_code: {error}") from error
    digest, student = code_digest(salt_bytes(row.salt), payload), student_key(payload)
    if digest != request.code_digest:
        raise Refusal("wrong-code", "code_digest is not that of the sealed code under this plan's salt")
    if plan.fee is None:
        raise Refusal("no-fee", f"plan {plan.id} has no fee: nothing is to be paid")
    with platform.database.read() as session:
        if session.get(PrepaidRow, (plan.id, student)) is not None:
            raise Refusal("no-fee", "this student's fee was collected beforehand: nothing is to be paid")
        known = session.exec(select(StudentRow).where(StudentRow.payload == payload)).first()
    name = json.loads(known.identity)["name"] if known else ""
    return Asked(plan, student, name, digest, plan.fee.amount_fen)


def _begin(platform: Platform, session: Session, asked: Asked) -> OrderRow:
    now = platform.now()
    row = OrderRow(
        order_id=f"or-{uuid.uuid4().hex}",
        plan_id=asked.plan.id,
        student_key=asked.student_key,
        code_digest=asked.code_digest,
        state="pending",
        amount_fen=asked.amount_fen,
        currency="CNY",
        created_at=now.isoformat(timespec="milliseconds"),
        expires_at=(now + timedelta(seconds=platform.settings.order_valid_s)).isoformat(timespec="milliseconds"),
    )
    session.add(row)
    session.flush()  # the order before the key that names it
    return row


def _make_payable(platform: Platform, row: OrderRow, asked: Asked, base_url: str) -> OrderRow:
    """Ask the gateway outside any transaction; a crash in between is made good when the same order is asked for again."""
    purpose = Purpose(title=asked.plan.title, school=asked.plan.school, student=asked.student)
    address = platform.settings.public_url or base_url
    pay_url = platform.gateway.open(
        row.order_id, row.amount_fen, purpose, expires_at=row.expires_at, base_url=address.rstrip("/")
    )
    with platform.database.write(_lock(row.plan_id, row.student_key)) as session:
        current = session.get_one(OrderRow, row.order_id)
        current.pay_url = current.pay_url or pay_url
        session.add(current)
    return current


def _end(platform: Platform, row: OrderRow, state: Literal["expired", "cancelled"]) -> OrderRow:
    """Close the payment first: if it was paid a moment ago, the order is paid and does not end."""
    payment = platform.gateway.close(row.order_id)
    if payment is not None and payment.state == "paid":
        return take_payment(platform, payment) or row
    return _change(platform, row, state=state, paid_at=None)


def _change(platform: Platform, row: OrderRow, *, state: str, paid_at: str | None) -> OrderRow:
    """Move an open order to its end, once, and tell its stations."""
    with platform.database.write(_lock(row.plan_id, row.student_key)) as session:
        current = session.get_one(OrderRow, row.order_id)
        if current.state == "pending":
            current.state, current.paid_at = state, paid_at
            session.add(current)
            data: dict[str, Any] = order_of(current).model_dump(mode="json")
            stations = session.exec(
                select(OrderKeyRow.station_id).where(OrderKeyRow.order_id == row.order_id).distinct()
            ).all()
            for station_id in sorted(stations):
                tell(platform, session, station_id, "order", data)
    return current


def _live(session: Session, asked: Asked) -> OrderRow | None:
    return session.exec(
        select(OrderRow).where(
            OrderRow.plan_id == asked.plan.id,
            OrderRow.student_key == asked.student_key,
            col(OrderRow.state).in_(_LIVE),
        )
    ).first()


def _own(platform: Platform, station_id: str, order_id: str) -> OrderRow:
    with platform.database.read() as session:
        row = session.get(OrderRow, order_id)
        asked = select(OrderKeyRow).where(OrderKeyRow.order_id == order_id, OrderKeyRow.station_id == station_id)
        known = session.exec(asked).first()
    if row is None:
        raise Refusal("unknown-order", f"no order {order_id} is here")
    if known is None:
        raise Refusal("not-yours", f"order {order_id} was asked for by another station")
    return row


def _lock(plan_id: str, student: str) -> str:
    return f"order/{plan_id}/{student}"
