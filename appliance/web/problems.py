"""Errors on the wire: RFC 9457 problem details, always with a message in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from appliance.ledger.errors import CaptureMissing
from appliance.portrait.measurement import Message
from appliance.update.errors import UpdateRefused
from appliance.visit.errors import VisitError

_STATUS = {
    "visit-in-progress": 409,
    "not-now": 409,
    "station-stopped": 409,
    "shutter-busy": 409,
    "unknown-code": 404,
    "other-plan": 409,
    "unreadable-code": 422,
    "no-plan": 503,
    "plan-unusable": 409,
    "no-such-plan": 404,
    "wrong-answer": 403,
    "tries-exhausted": 429,
    "consent-missing": 422,
    "shot-missing": 404,
    "not-acceptable": 409,
    "exception-unknown": 422,
    "storage-failed": 507,
    "invalid-details": 422,
    "unreadable-card": 422,
    "cannot-verify": 409,
    "face-undecided": 409,
    "face-differs": 409,
    "album-not-allowed": 409,
    "unsupported-picture": 415,
    "unreadable-picture": 422,
    "payment-refused": 409,
    "payment-offline": 503,
    "invalid-voucher": 422,
    "locked": 409,
    "not-delivered": 409,
}


class ProblemError(Exception):
    """A refusal of the web room itself (access, size, form)."""

    def __init__(self, status: int, code: str, message: Message, **extra: Any) -> None:
        super().__init__(message.en)
        self.status, self.code, self.message, self.extra = status, code, message, extra


def problem(status: int, code: str, message: Message, **extra: Any) -> JSONResponse:
    """The answer that says what was refused and why; `retry_after` (seconds) also becomes the header."""
    body = {
        "type": f"urn:station:problem:{code}",
        "title": code.replace("-", " "),
        "status": status,
        "detail": message.en,
        "code": code,
        "message": {"zh": message.zh, "en": message.en},
        **extra,
    }
    headers = {"Retry-After": str(extra["retry_after"])} if "retry_after" in extra else None
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


# Refusals of who asks, not of what is asked: the journal counts them.
_OF_ACCESS = frozenset({
    "unpaired", "signed-out", "technician-only", "operator-only", "no-tablet", "student-screen", "other-origin", "too-large",
    "wrong-pin", "wrong-pairing-code", "wrong-setup-code", "pin-needed", "slowed-down", "not-the-tablet", "too-many-pages",
})  # fmt: skip


# Of what somebody sent; whoever sends a megabyte of nonsense gets no megabyte back.
_MOST_MISTAKES, _LONGEST_ECHO = 20, 200


def install(app: FastAPI, refused: Callable[[str, str], None] = lambda _kind, _address: None) -> None:
    """Answer every error of `app` in this form; `refused` is told kind and address of each refusal of access."""

    @app.exception_handler(VisitError)
    async def _visit(_request: Request, error: VisitError) -> JSONResponse:
        return problem(_STATUS.get(error.code, 400), error.code, error.message, **error.extra)

    @app.exception_handler(UpdateRefused)
    async def _update(_request: Request, error: UpdateRefused) -> JSONResponse:
        return problem(409, error.code, error.message)

    @app.exception_handler(CaptureMissing)
    async def _missing(_request: Request, error: CaptureMissing) -> JSONResponse:
        return problem(404, "no-such-capture", Message(zh="本机没有这个采集或这个文件", en=str(error)))

    @app.exception_handler(ProblemError)
    async def _problem(request: Request, error: ProblemError) -> JSONResponse:
        if error.code in _OF_ACCESS:
            refused(error.code, request.client.host if request.client else "")
        return problem(error.status, error.code, error.message, **error.extra)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        found = [
            {"where": ".".join(map(str, item["loc"]))[:_LONGEST_ECHO], "what": item["msg"][:_LONGEST_ECHO]}
            for item in error.errors()[:_MOST_MISTAKES]
        ]
        what = "; ".join(f"{item['where']}: {item['what']}" for item in found)
        return problem(422, "invalid-request", Message(zh=f"请求有误：{what}", en=what), errors=found)

    @app.exception_handler(Exception)
    async def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
        # The server writes the error itself into the log; it may hold what was sent, so it is not answered.
        message = Message(
            zh="采集站内部出错，已记入日志；请再试一次，仍不行就联系技术员",
            en="something failed inside the station, and is in its log: try again; if it stays, ask a technician",
        )
        return problem(500, "station-failed", message)

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        text = str(error.detail)
        return problem(error.status_code, f"http-{error.status_code}", Message(zh=f"请求被拒绝：{text}", en=text))
