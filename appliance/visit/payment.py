"""How the fee of a visit stands: a value, and what changes it (F13 to F15, F25). Nothing here knows a network."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from appliance.ledger.tables import FeeRow
from appliance.platform.contract import Order, PaymentFacts, Plan, RosterEntry
from appliance.platform.digests import normal_answer
from appliance.visit.errors import VoucherInvalid
from appliance.visit.history import Earlier

PaymentState = Literal["free", "prepaid", "unpaid", "pending", "paid", "deferred", "voucher", "expired", "cancelled"]
When = Literal["before", "after"]
SETTLED = frozenset({"free", "prepaid", "paid", "deferred", "voucher"})
_VOUCHER = re.compile(r"[0-9A-Z][0-9A-Z-]{3,39}")


@dataclass(frozen=True, slots=True)
class Payment:
    """The fee of one visit. `attempt` counts orders: each has an Idempotency-Key of its own, and another is only asked for
    once the platform itself said that the last one ended unpaid."""

    state: PaymentState
    amount_fen: int = 0
    when: When = "before"
    offline: Literal["deferred", "voucher", "refuse"] = "refuse"
    attempt: int = 1
    order_id: str | None = None
    pay_url: str | None = None
    expires_at: str | None = None
    voucher_digest: str | None = None
    error: dict[str, str] | None = None  # why the platform gave no order just now, in both languages

    @property
    def settled(self) -> bool:
        """Whether nothing is asked of the student any more."""
        return self.state in SETTLED

    def due(self, when: When) -> bool:
        """Whether it must be settled at this point of the visit."""
        return not self.settled and self.when == when

    def key(self, visit_id: str) -> str:
        """The Idempotency-Key of the present attempt."""
        return visit_id if self.attempt == 1 else f"{visit_id}.{self.attempt}"

    def answered(self, order: Order) -> Payment:
        """As the platform's order says."""
        return replace(
            self,
            state=order.state,
            order_id=order.order_id,
            amount_fen=order.amount_fen,
            pay_url=order.pay_url if order.state == "pending" else None,
            expires_at=order.expires_at.isoformat(),
            error=None,
        )

    def again(self) -> Payment:
        """The last order ended unpaid: another one is wanted."""
        return replace(
            self, state="unpaid", attempt=self.attempt + 1, order_id=None, pay_url=None, expires_at=None, error=None
        )

    def facts(self) -> PaymentFacts:
        """As the record says it. ValueError when the fee is not settled."""
        if not self.settled:
            msg = f"the fee is {self.state}"
            raise ValueError(msg)
        return PaymentFacts.model_validate(
            {"state": self.state, "order_id": self.order_id, "voucher_digest": self.voucher_digest}
        )


FREE = Payment("free")


def opening(plan: Plan, entry: RosterEntry | None, earlier: Earlier | None, kept: FeeRow | None) -> Payment:
    """How the fee stands when a student comes: whatever was settled before, here or elsewhere, is never asked for again."""
    fee = plan.fee
    if fee is None:
        return FREE
    asked = Payment("unpaid", fee.amount_fen, when="after" if fee.when == "after" else "before", offline=fee.offline)
    if kept is not None and kept.plan_id == plan.id:
        return _settled(asked, kept.state, kept.order_id, kept.voucher_digest)
    if earlier is not None:
        before = earlier.payment or {}
        state = str(before.get("state", "paid"))
        return _settled(asked, state, before.get("order_id"), before.get("voucher_digest"))
    if entry is None:
        return replace(asked, state="deferred") if fee.when == "prepaid" else asked
    if entry.payment != "unpaid":
        return replace(asked, state=entry.payment)
    return replace(asked, state="paid") if entry.review is not None else asked


def voucher_digest(number: str) -> str:
    """SHA-256 of a voucher's number as the platform writes it (NFKC, no spaces, upper case). Raises `VoucherInvalid`."""
    plain = normal_answer(number)
    if _VOUCHER.fullmatch(plain) is None:
        raise VoucherInvalid(
            f"凭证号应为 4 到 40 位字母、数字或短横（收到 {len(plain)} 位），请照凭证抄写",
            f"a voucher's number has 4 to 40 letters, digits or dashes (got {len(plain)}): copy it as printed",
        )
    return hashlib.sha256(plain.encode()).hexdigest()


def _settled(asked: Payment, state: str, order_id: Any, voucher: Any) -> Payment:
    known = state if state in SETTLED else "paid"
    return replace(asked, state=known, order_id=order_id, voucher_digest=voucher)  # type: ignore[arg-type]
