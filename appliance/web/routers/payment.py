"""The fee of the visit in progress: its QR code, and what may be done instead of paying it."""

from __future__ import annotations

import io
from typing import Any

import segno
from fastapi import APIRouter, Request, Response

from appliance.portrait.measurement import Message
from appliance.web import snapshot
from appliance.web.answers.visit import Visit
from appliance.web.bodies import VoucherBody
from appliance.web.parts import Parts
from appliance.web.problems import ProblemError
from appliance.web.routers.visit import operator_of


def router(parts: Parts) -> APIRouter:
    """The routes under `/api/visit/payment`."""
    routes = APIRouter(prefix="/api/visit/payment")
    conductor = parts.conductor

    @routes.get("/qr.svg")
    def get_qr() -> Response:
        visit = conductor.visit
        url = None if visit is None else visit.payment.pay_url
        if url is None:
            raise ProblemError(404, "no-order", Message(zh="现在没有待付款的订单", en="no order waits to be paid now"))
        drawn = io.BytesIO()
        segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=4, scale=8, light="#ffffff")
        return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})

    @routes.post("/defer", response_model=Visit)
    def post_defer(request: Request) -> dict[str, Any]:
        conductor.defer_payment(operator=operator_of(request))
        return snapshot.visit(parts)

    @routes.post("/voucher", response_model=Visit)
    def post_voucher(body: VoucherBody, request: Request) -> dict[str, Any]:
        conductor.take_voucher(body.number, operator=operator_of(request))
        return snapshot.visit(parts)

    @routes.post("/cancel", response_model=Visit)
    def post_cancel(request: Request) -> dict[str, Any]:
        conductor.cancel_payment(operator=operator_of(request))
        return snapshot.visit(parts)

    @routes.post("/retry", response_model=Visit)
    def post_retry(request: Request) -> dict[str, Any]:
        conductor.retry_payment(operator=operator_of(request))
        return snapshot.visit(parts)

    return routes
