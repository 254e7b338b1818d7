"""The contract's routes for what comes beside and after a capture: orders, reviews, withdrawal, problem reports."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Request, Response

from appliance.platform import contract

from . import orders, reports, reviews
from .access import PlatformPart, SignedPart
from .bodies import read_body
from .openapi import described_body, refusals
from .problems import Refusal

router = APIRouter(prefix="/v1")

OrderId = Annotated[str, Path(max_length=64)]
IdempotencyKey = Annotated[
    str,
    Header(
        min_length=1,
        max_length=128,
        pattern=r"^[!-~]+$",
        description="stands for one order for good: the visit's id; after an order expired or was cancelled, a new one",
    ),
]


@router.post(
    "/orders",
    status_code=201,
    response_model=contract.Order,
    summary="Ask for a student's fee to be paid",
    openapi_extra=described_body(contract.OrderRequest),
    responses={
        200: {"model": contract.Order, "description": "The student's order, asked for before"},
        **refusals("unknown-plan", "no-fee", "other-order", "wrong-code", "wrong-digest", signed=True),
    },
    tags=["orders"],
)
def create_order(
    platform: PlatformPart, signed: SignedPart, request: Request, response: Response, idempotency_key: IdempotencyKey
) -> contract.Order:
    """The amount is the plan's. A student has one order that is open or paid in a plan: another key gets that same one, so
    nobody pays twice, and a retake after a refusal finds the order paid. An order that was not paid expires."""
    wanted = read_body(contract.OrderRequest, signed.body)
    base_url = f"{request.url.scheme}://{request.headers['host']}"
    order, new = orders.create(platform, signed.station_id, idempotency_key, wanted, base_url)
    response.status_code = 201 if new else 200
    return order


@router.get(
    "/orders/{order_id}",
    response_model=contract.Order,
    summary="How an order stands",
    responses=refusals("unknown-order", "not-yours", signed=True),
    tags=["orders"],
)
def read_order(platform: PlatformPart, signed: SignedPart, order_id: OrderId) -> contract.Order:
    """Changes are told by `order` events too; asking is for stations that missed them."""
    return orders.read(platform, signed.station_id, order_id)


@router.post(
    "/orders/{order_id}/cancel",
    response_model=contract.Order,
    summary="End an open order",
    responses=refusals("unknown-order", "not-yours", "paid", signed=True),
    tags=["orders"],
)
def cancel_order(platform: PlatformPart, signed: SignedPart, order_id: OrderId) -> contract.Order:
    """The payment is closed first: when it was made a moment before, the order is paid and this is refused (409 `paid`)."""
    return orders.cancel(platform, signed.station_id, order_id)


@router.get(
    "/captures/{capture_id}/review",
    response_model=contract.Review,
    summary="How the review of a capture stands",
    responses=refusals("unknown-capture", "not-yours", signed=True),
    tags=["review"],
)
def read_review(platform: PlatformPart, signed: SignedPart, capture_id: UUID) -> contract.Review:
    """Serial 0 while nothing was decided. Every change is told by a `review` event with a higher serial."""
    return reviews.read(platform, signed.station_id, str(capture_id))


@router.post(
    "/captures/{capture_id}/withdrawal",
    response_model=contract.Review,
    summary="Take a capture back while it is under review",
    openapi_extra=described_body(contract.Withdrawal),
    responses=refusals("unknown-capture", "not-yours", "locked", "already-refused", "wrong-digest", signed=True),
    tags=["review"],
)
def withdraw(platform: PlatformPart, signed: SignedPart, capture_id: UUID) -> contract.Review:
    """At the student's wish. Again: the same answer. An accepted capture is locked."""
    wanted = read_body(contract.Withdrawal, signed.body)
    return reviews.withdraw(platform, signed.station_id, str(capture_id), wanted)


@router.put(
    "/reports/{report_id}",
    response_model=contract.ReportReceived,
    summary="Report a problem",
    openapi_extra=described_body(contract.ProblemReport),
    responses={
        201: {"model": contract.ReportReceived, "description": "Kept"},
        **refusals("other-report", "not-yours", "wrong-digest", signed=True),
    },
    tags=["reports"],
)
def put_report(
    platform: PlatformPart, signed: SignedPart, report_id: UUID, response: Response
) -> contract.ReportReceived:
    """What people wrote travels sealed to the platform. The same bytes again: 200; others under the same id: 409."""
    report = read_body(contract.ProblemReport, signed.body)
    if report.report_id != report_id:
        raise Refusal("body-unreadable", f"the report is {report.report_id}, the address {report_id}")
    answer, new = reports.put(platform, signed.station_id, report, signed.body)
    response.status_code = 201 if new else 200
    return answer
