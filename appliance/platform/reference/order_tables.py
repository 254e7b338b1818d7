"""What the platform remembers of fees, and what its fake payment gateway remembers (it shares the database, nothing else)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from .tables import PlatformTable

_LIVE = text("state IN ('pending', 'paid')")


class OrderRow(PlatformTable, table=True):
    """One order. A student has at most one that is open or paid in a plan, whatever the processes do: an index says so."""

    __tablename__ = "fee_order"
    __table_args__: Any = (
        Index("one_live_order", "plan_id", "student_key", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )
    order_id: str = Field(primary_key=True)
    plan_id: str
    student_key: str = Field(description="sha256 of the capture code")
    code_digest: str
    state: str = Field(index=True)
    amount_fen: int
    currency: str
    pay_url: str | None = None
    created_at: str
    expires_at: str = Field(index=True)
    paid_at: str | None = None


class OrderKeyRow(PlatformTable, table=True):
    """Which order an Idempotency-Key of a station stands for; its stations are told of every change."""

    __tablename__ = "fee_order_key"
    station_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    order_id: str = Field(index=True)


class PrepaidRow(PlatformTable, table=True):
    """A student whose fee was collected beforehand."""

    __tablename__ = "prepaid"
    plan_id: str = Field(primary_key=True)
    student_key: str = Field(primary_key=True)


class PaymentRow(PlatformTable, table=True):
    """At the gateway: one payment, open, paid or closed. Its token is the secret of the payment page's address."""

    __tablename__ = "gateway_payment"
    token: str = Field(primary_key=True)
    order_id: str = Field(unique=True)
    amount_fen: int
    purpose: str
    notify_url: str
    state: str
    expires_at: str
    paid_at: str | None = None
    transaction_id: str | None = None
