"""A platform's desk for orders, in memory: keys stand for orders, one open or paid order a student, as the contract says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from appliance.platform.contract import LocalText, Order, OrderRequest, Problem
from appliance.platform.errors import PlatformRefused, PlatformUnreachable


@dataclass
class FakeOrders:
    """`online` is the network; `charged` counts payments by student."""

    online: bool = True
    orders: dict[str, Order] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    charged: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def connect(self) -> Iterator[FakeOrders]:
        yield self

    def create_order(self, request: OrderRequest, key: str) -> Order:
        self._reach()
        if key not in self.keys:
            live = [o for o in self.orders.values() if o.code_digest == request.code_digest and _lives(o)]
            order = live[0] if live else self._new(request)
            self.keys[key] = order.order_id
        return self.orders[self.keys[key]]

    def order(self, order_id: str) -> Order:
        self._reach()
        return self.orders[order_id]

    def cancel_order(self, order_id: str) -> Order:
        self._reach()
        if self.orders[order_id].state == "paid":
            message = LocalText(zh="已付款", en="paid")
            raise PlatformRefused(
                Problem(type="urn:x", title="paid", status=409, detail="paid", code="paid", message=message)
            )
        return self._move(order_id, "cancelled")

    # --- what happens elsewhere ---------------------------------------------------------------------------------------

    def pay(self, pay_url: str) -> None:
        """Somebody, on whichever phone, opens the address and pays; an order that ended takes no money."""
        order_id = pay_url.rsplit("/", 1)[1]
        if self.orders[order_id].state == "pending":
            digest = self.orders[order_id].code_digest
            self.charged[digest] = self.charged.get(digest, 0) + 1
            self._move(order_id, "paid")

    def expire(self, order_id: str) -> None:
        if self.orders[order_id].state == "pending":
            self._move(order_id, "expired")

    def _new(self, request: OrderRequest) -> Order:
        number = f"or-{len(self.orders) + 1}"
        order = Order(
            order_id=number,
            plan_id=request.plan_id,
            code_digest=request.code_digest,
            state="pending",
            amount_fen=2000,
            currency="CNY",
            pay_url=f"https://pay.example/{number}",
            expires_at=datetime.now(UTC) + timedelta(minutes=15),
        )
        self.orders[number] = order
        return order

    def _move(self, order_id: str, state: str) -> Order:
        self.orders[order_id] = self.orders[order_id].model_copy(update={"state": state})
        return self.orders[order_id]

    def _reach(self) -> None:
        if not self.online:
            raise PlatformUnreachable("no route")


def _lives(order: Order) -> bool:
    return order.state in ("pending", "paid")
