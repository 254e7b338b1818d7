"""The fee: an order at the platform, its payment page, its states (F13 to F15, F25). Repeats carry the same Idempotency-Key."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from .base import Answered, CompactJose, Identifier, Sent, Sha256

OrderState = Literal["pending", "paid", "expired", "cancelled"]
PayUrl = Annotated[str, StringConstraints(max_length=1000, pattern=r"^https?://[!-~]+$")]


class OrderRequest(Sent):
    """One student's order. The amount is the plan's: a station cannot name another."""

    plan_id: Identifier
    code_digest: Sha256
    sealed_code: CompactJose = Field(description="the code, so that the platform knows whose fee it is")


class Order(Answered):
    """An order as the platform knows it. Whoever opens `pay_url`, from whichever phone, can pay it (F14)."""

    order_id: Identifier
    plan_id: Identifier
    code_digest: Sha256
    state: OrderState
    amount_fen: int = Field(ge=0)
    currency: Literal["CNY"]
    pay_url: PayUrl | None = Field(default=None, description="to be drawn as a QR code while pending")
    expires_at: AwareDatetime
    paid_at: AwareDatetime | None = None


class PaymentFacts(Sent):
    """How the fee of a capture stands, in its record. A retake after a refusal is `paid` with the first order's id."""

    state: Literal["free", "prepaid", "paid", "deferred", "voucher"]
    order_id: Identifier | None = None
    voucher_digest: Sha256 | None = Field(
        default=None, description="of the voucher's number in NFKC, without spaces, upper case, UTF-8"
    )
