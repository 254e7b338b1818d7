"""The gateway's payment page, for any phone that has its address (a friend pays), and the door for the gateway's notices."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Header, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from . import notices
from .access import PlatformPart
from .composition import Platform
from .gateway import Payment
from .html import HEADERS, Html, both, element, joined, page
from .orders import take_payment

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(max_length=64)]
_NOTICE_BYTES = 4096


@router.get("/pay/{token}")
def payment_page(platform: PlatformPart, token: Token, declined: bool = False) -> HTMLResponse:
    """What is to be paid, for whom, until when; or how it ended."""
    payment = platform.gateway.find(token)
    if payment is None:
        return _told("没有这笔付款", "No such payment", *_UNKNOWN, status=404)
    if payment.state == "paid":
        return _told("支付成功", "Paid", *_PAID, payment=payment, mark="paid")
    if payment.state == "closed":
        return _told("订单已关闭", "Closed", *_CLOSED, payment=payment)
    left_s = (datetime.fromisoformat(payment.expires_at) - platform.now()).total_seconds()
    if left_s <= 0:
        return _told("订单已过期", "Expired", *_EXPIRED, payment=payment)
    return _to_pay(payment, left_s, declined=declined)


@router.post("/pay/{token}")
def pay(platform: PlatformPart, token: Token, later: BackgroundTasks) -> Response:
    """The payer confirms; the platform is told afterwards. Confirming twice pays once."""
    payment = platform.gateway.pay(token)
    if payment is not None and payment.state == "paid":
        later.add_task(notices.send, payment, platform.keys.notices, platform.now())
    return RedirectResponse(f"/pay/{token}", 303, headers=HEADERS)


@router.post("/gateway/notices", status_code=204)
async def take_notice(
    platform: PlatformPart, request: Request, gateway_signature: Annotated[str, Header(max_length=200)]
) -> Response:
    """A signed notice: the platform asks the gateway how that payment stands, and takes it."""
    body = bytearray()
    async for piece in request.stream():
        body += piece[: _NOTICE_BYTES + 1 - len(body)]
    notice = notices.opened(bytes(body), gateway_signature, platform.keys.notices, platform.now())
    await run_in_threadpool(_believe, platform, notice.order_id)
    return Response(status_code=204)


def _believe(platform: Platform, order_id: str) -> None:
    payment = platform.gateway.query(order_id)
    if payment is not None:
        take_payment(platform, payment)


_UNKNOWN = ("请检查链接是否完整，或重新扫描二维码。", "Check that the link is whole, or scan the code again.")
_PAID = ("采集站会自动收到结果，可以关闭本页。", "The station is told by itself; you may close this page.")
_CLOSED = (
    "采集站已取消此订单，没有扣款。请让操作员重新生成二维码。",
    "The station cancelled it; nothing was charged. Ask for a new code.",
)
_EXPIRED = (
    "付款时间已过，没有扣款。请让操作员重新生成二维码。",
    "Its time is over; nothing was charged. Ask for a new code.",
)


def _to_pay(payment: Payment, left_s: float, *, declined: bool) -> HTMLResponse:
    minutes = str(math.ceil(left_s / 60))
    note = (
        element("p", both("没有扣款。改变主意时仍可支付。", "Nothing was charged. You can still pay."), class_="note")
        if declined
        else Html("")
    )
    body = element(
        "main",
        _head(payment),
        note,
        element("form", element("button", both("确认支付", "Pay now"), class_="go"), method="post"),
        element("a", both("暂不支付", "Not now"), href=f"/pay/{payment.token}?declined=true", class_="quiet"),
        element("p", both(f"请在 {minutes} 分钟内支付。", f"Please pay within {minutes} min."), class_="small"),
        element(
            "p",
            both("也可以把本页链接发给亲友代付。", "Or send this page's link to a friend who pays."),
            class_="small",
        ),
        element(
            "p", both("演示网关：不会真正扣款。", "Demonstration gateway: no money is moved."), class_="small demo"
        ),
    )
    return page("支付 · Pay", body, kind="pay")


def _told(
    zh: str, en: str, more_zh: str, more_en: str, *, payment: Payment | None = None, mark: str = "", status: int = 200
) -> HTMLResponse:
    head = Html("") if payment is None else _head(payment)
    sign = element("p", "✓" if mark == "paid" else "–", class_=f"sign {mark}", aria_hidden="true")
    body = element("main", head, sign, element("h1", both(zh, en)), element("p", both(more_zh, more_en), class_="note"))
    return page(f"{zh} · {en}", body, status=status, kind="pay")


def _head(payment: Payment) -> Html:
    yuan = f"{payment.amount_fen / 100:.2f}"
    purpose = payment.purpose
    lines = [element("p", element("span", "¥", class_="currency"), yuan, class_="amount", aria_label=f"{yuan} CNY")]
    if purpose.student:
        lines.append(element("p", purpose.student, class_="student"))
    lines.append(element("p", both(purpose.title.zh, purpose.title.en), class_="purpose"))
    return element("header", element("p", both("图像采集费", "Photo fee"), class_="what"), joined(*lines))
