"""The fee within a visit: asked for once, settled by an order, a deferral or a voucher (F13 to F15, F25)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from sqlmodel import col, select

from appliance.ledger.tables import FeeRow
from appliance.platform.contract import Order, OrderRequest
from appliance.platform.errors import PlatformError, PlatformRefused
from appliance.platform.identity import NotEnrolled
from appliance.portrait.measurement import Message
from appliance.visit.errors import PaymentOffline, PaymentRefused, VoucherInvalid
from appliance.visit.machine import State
from appliance.visit.payment import Payment, voucher_digest
from appliance.visit.reception import Reception
from appliance.visit.state import LOCAL, Visit


class Orders(Protocol):
    """What the platform does about orders; its client does it."""

    def create_order(self, request: OrderRequest, key: str) -> Order:
        """The order of `key`, begun or found. Raises `PlatformError`."""
        ...

    def order(self, order_id: str) -> Order:
        """How an order stands. Raises `PlatformError`."""
        ...

    def cancel_order(self, order_id: str) -> Order:
        """End an open order; `PlatformRefused` with code `paid` when somebody paid it. Raises `PlatformError`."""
        ...


Connect = Callable[[], AbstractContextManager[Orders]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order that a visit waits for: to be asked for with `key`, or to be looked at again."""

    visit_id: str
    key: str
    request: OrderRequest
    order_id: str | None


class Cashier(Reception):
    """The fee of the visit in progress. Who calls the platform is `order_desk`; here is what its answers mean."""

    _connect: Connect

    def order_wanted(self) -> Wanted | None:
        """What to ask the platform now; None while nobody waits for an order."""
        with self.lock:
            visit = self.visit
            if visit is None or visit.state is not State.PAYING or visit.payment.state not in ("unpaid", "pending"):
                return None
            request = OrderRequest(plan_id=visit.plan_id, code_digest=visit.code_digest, sealed_code=visit.sealed_code)
            return Wanted(visit.visit_id, visit.payment.key(visit.visit_id), request, visit.payment.order_id)

    def order_answered(self, visit_id: str, order: Order) -> None:
        """The platform said how the order stands; an answer that came too late for its visit changes nothing."""
        with self.lock:
            visit = self._paying(visit_id)
            if visit is None or visit.payment.state == "cancelled":
                return
            payment = visit.payment.answered(order)
            if payment == visit.payment:
                return
            if payment.state == "paid":
                self._settle(visit, payment, LOCAL)
                return
            self.visit = replace(visit, payment=payment)
            self.step("payment.changed", order=order.order_id, payment=payment.state)

    def order_failed(self, visit_id: str, error: PlatformError | NotEnrolled) -> None:
        """The platform gave no order: the page says so, and what the plan allows instead becomes possible."""
        with self.lock:
            visit = self._paying(visit_id)
            if visit is None:
                return
            message = _said(error)
            told = {"zh": message.zh, "en": message.en}
            if visit.payment.error != told:
                self.visit = replace(visit, payment=replace(visit.payment, error=told))
                self.tell_listeners("visit")

    def defer_payment(self, *, operator: str = LOCAL) -> Visit:
        """Capture now, pay later: while the platform cannot be reached and the plan says so. Raises `PaymentRefused`."""
        with self.lock:
            visit = self.expect("payment.settled")
            self._expect_offline(visit, "deferred")
            self._settle(visit, replace(visit.payment, state="deferred"), operator)
            return self.now()

    def take_voucher(self, number: str, *, operator: str = LOCAL) -> Visit:
        """A voucher's number pays, where the plan says so and the platform cannot be reached.

        Raises `PaymentRefused`, `VoucherInvalid`.
        """
        with self.lock:
            visit = self.expect("payment.settled")
            self._expect_offline(visit, "voucher")
            digest = voucher_digest(number)
            with self._ledger.reading() as session:
                used = session.exec(select(FeeRow).where(col(FeeRow.voucher_digest) == digest)).first()
            if used is not None and used.code_digest != visit.code_digest:
                raise VoucherInvalid("这张凭证已经用过", "this voucher was used before")
            self._settle(visit, replace(visit.payment, state="voucher", voucher_digest=digest), operator)
            return self.now()

    def cancel_payment(self, *, operator: str = LOCAL) -> Visit:
        """End the open order; one that was paid a moment before stays paid. Raises `PaymentOffline` when nobody answers."""
        with self.lock:
            visit = self.expect("payment.changed")
            order_id = visit.payment.order_id
        order = None if order_id is None else self._cancelled_order(order_id)
        with self.lock:
            still = self._paying(visit.visit_id)
            if still is None or still.payment.settled:
                return self.now()
            if order is not None and order.state == "paid":
                self._settle(still, still.payment.answered(order), operator)
                return self.now()
            self.visit = replace(still, payment=replace(still.payment, state="cancelled", pay_url=None, error=None))
            self.step("payment.changed", order=order_id, payment="cancelled", operator=operator)
            if still.payment.when == "after" and self.shot is not None:
                self._show_again(self.shot.passed)
            return self.now()

    def retry_payment(self, *, operator: str = LOCAL) -> Visit:
        """Ask again: for the same order while it may still be paid, for another one once the platform said it ended."""
        with self.lock:
            visit = self.expect("payment.changed")
            payment = visit.payment
            ended = payment.state in ("expired", "cancelled")
            self.visit = replace(visit, payment=payment.again() if ended else replace(payment, error=None))
            return self.step("payment.changed", payment=self.now().payment.state, operator=operator)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _ask_fee(self, operator: str) -> Visit:
        """From here on the visit waits for the fee."""
        visit = self.now()
        if visit.payment.state in ("expired", "cancelled"):
            self.visit = replace(visit, payment=visit.payment.again())
        return self.step("payment.due", amount_fen=visit.payment.amount_fen, operator=operator)

    def _settle(self, visit: Visit, payment: Payment, operator: str) -> None:
        """Kept by code first, so that nobody is asked twice whatever happens next; then the visit goes on."""
        with self._ledger.session() as session:
            session.merge(
                FeeRow(
                    code_digest=visit.code_digest,
                    plan_id=visit.plan_id,
                    state=payment.state,
                    order_id=payment.order_id,
                    voucher_digest=payment.voucher_digest,
                )
            )
        self.visit = replace(visit, payment=replace(payment, pay_url=None, error=None))
        self.step("payment.settled", payment=payment.state, order=payment.order_id, operator=operator)
        self._fee_settled()

    @abstractmethod
    def _fee_settled(self) -> None:
        """What the visit waited for: the first picture, or the acceptance that was tapped."""

    def _show_again(self, passed: bool) -> None:
        self.step("photo.shown" if passed else "refusal.shown")

    def _paying(self, visit_id: str) -> Visit | None:
        visit = self.visit
        return visit if visit is not None and visit.visit_id == visit_id and visit.state is State.PAYING else None

    def _expect_offline(self, visit: Visit, way: str) -> None:
        payment = visit.payment
        if payment.offline != way:
            raise PaymentRefused(
                "本次采集计划不允许这样付款", f"the plan does not allow this: offline it says {payment.offline!r}"
            )
        if payment.error is None:
            raise PaymentRefused(
                "平台可以连接，请扫码付款", "the platform can be reached: pay by the code on the screen"
            )

    def _cancelled_order(self, order_id: str) -> Order:
        try:
            with self._connect() as orders:
                try:
                    return orders.cancel_order(order_id)
                except PlatformRefused as refused:
                    if refused.code != "paid":
                        raise
                    return orders.order(order_id)
        except (PlatformError, NotEnrolled) as error:
            message = _said(error)
            raise PaymentOffline(f"{message.zh}，订单没有取消", f"{message.en}; the order is not cancelled") from error


def _said(error: PlatformError | NotEnrolled) -> Message:
    if isinstance(error, PlatformRefused):
        told = error.problem.message
        return Message(zh=f"平台没有给出付款码：{told.zh}", en=f"the platform gave no order: {told.en}")
    if isinstance(error, NotEnrolled):
        return Message(zh="本机尚未注册到平台，无法付款", en="this station is not enrolled, so nothing can be paid")
    return Message(zh="暂时连不上平台，无法取得付款码", en="the platform cannot be reached, so there is no code to pay")
