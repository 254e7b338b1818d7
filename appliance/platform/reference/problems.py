"""Refusals as RFC 9457 problem details, each with a stable code and a sentence for people in two languages."""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route

from appliance.platform.contract import LocalText, Problem

from .storage import StorageUnavailable

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_TYPE_PREFIX = "urn:capture-station:problem:"

# code: (status, title, message zh, message en)
CATALOGUE: Mapping[str, tuple[int, str, str, str]] = {
    "bad-request": (400, "Bad request", "请求格式不正确。", "The request is malformed."),
    "body-unreadable": (422, "Unprocessable content", "内容不符合约定的格式。", "The body is not in the agreed form."),
    "unsigned": (401, "Not signed", "请求没有有效签名。", "The request carries no valid signature."),
    "clock-skew": (401, "Signature time refused", "签名时间与平台相差过大。", "The signature's time is too far off."),
    "unknown-station": (
        401,
        "Unknown station",
        "平台不认识这个采集站，请重新注册。",
        "Unknown station: enrol it again.",
    ),
    "revoked": (
        403,
        "Station revoked",
        "该采集站已被停用，请联系管理员。",
        "This station was revoked; ask the administrator.",
    ),
    "bad-token": (403, "Token refused", "注册口令无效或已被使用。", "The enrolment token is wrong or was used."),
    "not-yours": (403, "Not your capture", "该记录属于另一个采集站。", "The capture belongs to another station."),
    "local-only": (
        403,
        "Local only",
        "此页面只能在平台主机上打开。",
        "This page opens on the platform's own machine only.",
    ),
    "unknown-capture": (404, "Unknown capture", "平台没有这条采集记录。", "The platform holds no such capture."),
    "unknown-upload": (
        404,
        "Unknown upload",
        "上传已过期或不存在，请重新上传。",
        "The upload is unknown; begin it again.",
    ),
    "unknown-plan": (404, "Unknown plan", "平台没有这个采集计划。", "The platform knows no such plan."),
    "unknown-order": (404, "Unknown order", "平台没有这个订单。", "The platform knows no such order."),
    "not-found": (404, "Not found", "没有这个地址。", "Nothing is here."),
    "method-not-allowed": (405, "Method not allowed", "不支持的请求方法。", "The method is not allowed here."),
    "other-record": (409, "Another record is kept", "同一编号已有不同的记录。", "Another record has this id already."),
    "parts-missing": (
        409,
        "Parts missing",
        "平台还缺少这条采集的部分内容。",
        "Parts of this capture are still missing.",
    ),
    "key-used": (409, "Key used before", "该密钥已被使用，请另换一个。", "This key was used before: make another one."),
    "no-fee": (409, "Nothing to pay", "这位学生无需缴费。", "This student has nothing to pay."),
    "paid": (409, "Already paid", "订单已支付，不能取消。", "The order was paid and cannot be cancelled."),
    "other-order": (409, "Key used before", "该幂等键已用于另一个订单。", "This key stands for another order already."),
    "other-report": (409, "Another report is kept", "同一编号已有不同的报告。", "Another report has this id already."),
    "locked": (
        409,
        "Accepted and locked",
        "照片已审核通过，不能撤回。",
        "The photo was accepted and can no longer be withdrawn.",
    ),
    "already-refused": (
        409,
        "Refused already",
        "照片未通过审核，请重新拍摄。",
        "The photo was refused; please take another.",
    ),
    "withdrawn": (409, "Withdrawn", "学生已撤回这张照片。", "The student withdrew this photo."),
    "wrong-offset": (409, "Wrong offset", "上传位置不一致。", "The upload stands at another offset."),
    "upload-gone": (410, "Upload gone", "上传已被终止，请重新上传。", "The upload was ended; begin it again."),
    "tus-version": (412, "Wrong tus version", "上传协议版本不支持。", "Only tus 1.0.0 is spoken here."),
    "too-large": (413, "Too large", "内容过大。", "The content is too large."),
    "media-type": (415, "Wrong media type", "内容类型不支持。", "The media type is not supported."),
    "wrong-digest": (422, "Digest differs", "内容与摘要不一致。", "The content does not match its digest."),
    "wrong-code": (422, "Code differs", "采集码与其摘要不一致。", "The code does not match its digest."),
    "wrong-amount": (422, "Amount differs", "支付金额与订单不一致。", "The amount paid is not the order's."),
    "no-reason": (422, "Reason missing", "请至少选择一条未通过的原因。", "Choose at least one reason for the refusal."),
    "checksum-mismatch": (
        460,
        "Checksum mismatch",
        "收到的数据与校验和不一致。",
        "The data does not match its checksum.",
    ),
    "not-installed": (501, "Not installed", "平台没有安装此功能。", "This part of the platform is not installed."),
    "unavailable": (
        503,
        "Unavailable",
        "平台存储暂时不可用，请稍后再试。",
        "The platform's storage does not answer; try later.",
    ),
    "disk-full": (507, "Insufficient storage", "平台存储空间不足。", "The platform's storage is full."),
}


class Refusal(Exception):
    """Raised by routes; becomes a problem document. `extra` fields go beside the standard ones."""

    def __init__(self, code: str, detail: str, headers: Mapping[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail)
        if code not in CATALOGUE:
            raise KeyError(f"no problem is called {code!r}")
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra

    def response(self) -> JSONResponse:
        """The problem document as a response."""
        status, title, zh, en = CATALOGUE[self.code]
        problem = Problem(
            type=_TYPE_PREFIX + self.code,
            title=title,
            status=status,
            detail=self.detail,
            code=self.code,
            message=LocalText(zh=zh, en=en),
            **self.extra,
        )
        return JSONResponse(problem.model_dump(mode="json"), status, self.headers, media_type=MEDIA_TYPE)


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EIO}
_DATABASE_FULL = ("disk is full", "No space left on device")  # SQLite, PostgreSQL
_BY_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}


async def _refused(_: Request, error: Refusal) -> JSONResponse:
    return error.response()


async def _http_error(request: Request, error: HTTPException) -> JSONResponse:
    code = _BY_STATUS.get(error.status_code, "bad-request")
    headers = {**(error.headers or {}), "Allow": _allowed(request)} if code == "method-not-allowed" else error.headers
    return Refusal(code, str(error.detail), headers=headers).response()


def _allowed(request: Request) -> str:
    """Every method some route takes at this address; the framework names those of the first one only."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return ", ".join(sorted(methods))


async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return Refusal("body-unreadable", f"{where}: {first['msg']}").response()


async def _storage_failed(_: Request, error: OSError) -> JSONResponse:
    if isinstance(error, StorageUnavailable):
        return Refusal("unavailable", str(error), headers={"Retry-After": "5"}).response()
    if error.errno not in _NO_ROOM:
        raise error
    return Refusal(
        "disk-full", f"the platform cannot write: {error.strerror}", headers={"Retry-After": "60"}
    ).response()


async def _database_failed(_: Request, error: OperationalError) -> JSONResponse:
    """A full disk, or no connection, or one that broke: undone, and worth another try."""
    if any(word in str(error.orig) for word in _DATABASE_FULL):
        return Refusal("disk-full", "the platform's database cannot grow", headers={"Retry-After": "60"}).response()
    log.warning("database: %s", error.orig)
    return Refusal("unavailable", "the platform's database does not answer", headers={"Retry-After": "5"}).response()


async def _not_storable(_: Request, __: DataError) -> JSONResponse:
    """PostgreSQL's text has no NUL character."""
    return Refusal("bad-request", "a text holds a character that cannot be kept").response()


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody is left to read it; what was received of the body is not kept


def install_problem_handlers(app: FastAPI) -> None:
    """Let every refusal of `app`, its own or the framework's, leave as a problem document."""
    app.exception_handler(Refusal)(_refused)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(OSError)(_storage_failed)
    app.exception_handler(OperationalError)(_database_failed)
    app.exception_handler(DataError)(_not_storable)
    app.exception_handler(ClientDisconnect)(_gone)
