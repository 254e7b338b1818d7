"""A payment gateway that moves no money: what a real one promises a platform, on tables of its own.

It knows an order by its id, gives out the address of a payment page, and answers `query` and `close`. Closing is the one
delicate moment, as with real gateways: a payment that was made a moment before is not closed, and the caller is told so.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, cast

from pydantic import BaseModel
from sqlmodel import Session, select

from appliance.platform.contract import LocalText

from .database import Database
from .order_tables import PaymentRow

PaymentState = Literal["open", "paid", "closed"]


class Purpose(BaseModel):
    """What is paid for, as the payer reads it: the plan's title, the school, the student's masked name (empty: not known)."""

    title: LocalText
    school: str
    student: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment as the gateway knows it. Times are RFC 3339 text in UTC."""

    token: str
    order_id: str
    amount_fen: int
    purpose: Purpose
    notify_url: str
    state: PaymentState
    expires_at: str
    paid_at: str | None
    transaction_id: str | None


class Gateway(Protocol):
    """What the platform needs of whoever takes the money. Everything may be repeated. OSError when it cannot be reached."""

    def open(self, order_id: str, amount_fen: int, purpose: Purpose, *, expires_at: str, base_url: str) -> str:
        """Begin a payment, or find the one begun; the address of its page."""

    def query(self, order_id: str) -> Payment | None:
        """How the payment of an order stands; None when none was begun."""

    def close(self, order_id: str) -> Payment | None:
        """Let it no longer be paid; one that was paid already stays so, and the answer says it."""


class FakeGateway:
    """The gateway of demonstrations: whoever confirms on its page has paid."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def open(self, order_id: str, amount_fen: int, purpose: Purpose, *, expires_at: str, base_url: str) -> str:
        """Begin a payment, or find the one begun; the address of its page."""
        with self._database.write(f"payment/{order_id}") as session:
            row = _of_order(session, order_id)
            if row is None:
                row = PaymentRow(
                    token=secrets.token_urlsafe(18),
                    order_id=order_id,
                    amount_fen=amount_fen,
                    purpose=purpose.model_dump_json(),
                    notify_url=f"{base_url}/gateway/notices",
                    state="open",
                    expires_at=expires_at,
                )
                session.add(row)
        return f"{base_url}/pay/{row.token}"

    def query(self, order_id: str) -> Payment | None:
        """How the payment of an order stands; None when none was begun."""
        with self._database.read() as session:
            row = _of_order(session, order_id)
        return None if row is None else _payment(row)

    def close(self, order_id: str) -> Payment | None:
        """Let it no longer be paid; one that was paid already stays so, and the answer says it."""
        with self._database.write(f"payment/{order_id}") as session:
            row = _of_order(session, order_id)
            if row is not None and row.state == "open":
                row.state = "closed"
                session.add(row)
        return None if row is None else _payment(row)

    def find(self, token: str) -> Payment | None:
        """The payment whose page has this token."""
        with self._database.read() as session:
            row = session.get(PaymentRow, token)
        return None if row is None else _payment(row)

    def pay(self, token: str) -> Payment | None:
        """The payer confirms. Nothing is paid twice, nor after it was closed or its time is over; see the answer's state."""
        found = self.find(token)
        if found is None:
            return None
        with self._database.write(f"payment/{found.order_id}") as session:
            row = session.get_one(PaymentRow, token)
            at = self._now().isoformat(timespec="milliseconds")
            if row.state == "open" and at < row.expires_at:
                row.state, row.paid_at = "paid", at
                row.transaction_id = f"tx-{secrets.token_hex(10)}"
                session.add(row)
        return _payment(row)


def _of_order(session: Session, order_id: str) -> PaymentRow | None:
    return session.exec(select(PaymentRow).where(PaymentRow.order_id == order_id)).first()


def _payment(row: PaymentRow) -> Payment:
    return Payment(
        token=row.token,
        order_id=row.order_id,
        amount_fen=row.amount_fen,
        purpose=Purpose.model_validate_json(row.purpose),
        notify_url=row.notify_url,
        state=cast("PaymentState", row.state),
        expires_at=row.expires_at,
        paid_at=row.paid_at,
        transaction_id=row.transaction_id,
    )
