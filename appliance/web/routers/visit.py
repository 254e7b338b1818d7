"""The visit's steps. Each is a plain call to the conductor; handlers run in the server's thread pool."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from appliance.portrait.errors import UnreadablePicture
from appliance.portrait.measurement import Message
from appliance.portrait.picture_file import read_picture
from appliance.visit.details import Details
from appliance.visit.errors import ShotMissing, UnreadableCode
from appliance.visit.exemptions import Exemption
from appliance.visit.state import LOCAL
from appliance.web import snapshot
from appliance.web.answers.technician import AcceptedAs
from appliance.web.answers.visit import Visit
from appliance.web.bodies import AbandonBody, AcceptBody, AnswerBody, CodeBody, ConfirmBody, DetailsBody
from appliance.web.door import Door
from appliance.web.parts import Parts
from appliance.web.problems import ProblemError

PICTURE_LIMIT = 20_000_000  # bytes of an uploaded picture


def router(parts: Parts, door: Door) -> APIRouter:
    """The routes under `/api` that drive the visit."""
    routes = APIRouter(prefix="/api")
    conductor = parts.conductor

    @routes.get("/visit", response_model=Visit)
    def get_visit() -> dict[str, Any]:
        return snapshot.visit(parts)

    @routes.post("/visit/code", response_model=Visit)
    def post_code(body: CodeBody, request: Request) -> dict[str, Any]:
        conductor.scan(body.payload, operator=operator_of(request))
        return snapshot.visit(parts)

    @routes.post("/visit/code-picture", response_model=Visit)
    async def post_code_picture(request: Request) -> dict[str, Any]:
        data = await read_limited(request, PICTURE_LIMIT)
        payload = await run_in_threadpool(_code_in, parts, data)
        await run_in_threadpool(conductor.scan, payload, operator=operator_of(request))
        return await run_in_threadpool(snapshot.visit, parts)

    @routes.post("/visit/verify", response_model=Visit)
    def post_verify(body: AnswerBody, request: Request) -> dict[str, Any]:
        conductor.verify(body.answer, operator=operator_of(request))
        return snapshot.visit(parts)

    @routes.post("/visit/id-card", response_model=Visit)
    async def post_id_card(request: Request) -> dict[str, Any]:
        data = await read_limited(request, PICTURE_LIMIT)
        await run_in_threadpool(conductor.verify_card, data, operator=operator_of(request))
        return await run_in_threadpool(snapshot.visit, parts)

    @routes.post("/visit/confirm", response_model=Visit)
    def post_confirm(body: ConfirmBody, request: Request) -> dict[str, Any]:
        conductor.confirm(
            record_confirmed=body.record_confirmed,
            consent_version=body.consent_version,
            by="student",
            details=body.details(),
            operator=operator_of(request),
        )
        return snapshot.visit(parts)

    @routes.post("/visit/details", response_model=Visit)
    def post_details(body: DetailsBody, request: Request) -> dict[str, Any]:
        conductor.details(body.details() or Details(), operator=operator_of(request))
        return snapshot.visit(parts)

    @routes.post("/visit/shoot", response_model=Visit)
    def post_shoot(request: Request) -> dict[str, Any]:
        conductor.shoot(automatic=False, operator=operator_of(request))
        return snapshot.visit(parts)

    @routes.post("/visit/import", response_model=Visit)
    async def post_import(request: Request) -> dict[str, Any]:
        data = await read_limited(request, PICTURE_LIMIT)
        await run_in_threadpool(conductor.import_photo, data, operator=operator_of(request))
        return await run_in_threadpool(snapshot.visit, parts)

    @routes.post("/visit/retake", response_model=Visit)
    def post_retake(request: Request) -> dict[str, Any]:
        conductor.retake(operator=operator_of(request))
        return snapshot.visit(parts)

    @routes.post("/visit/accept", status_code=201, response_model=AcceptedAs)
    def post_accept(body: AcceptBody, request: Request, response: Response) -> dict[str, Any]:
        given = body.exception
        if given is not None:
            door.confirm_pin(request, body.pin)
        if body.face_confirmed:
            door.expect_operator(request)
        exemption = None if given is None else Exemption(given.reason, given.note)
        capture_id = conductor.accept(
            body.shot, exemption, operator=operator_of(request), face_confirmed=body.face_confirmed
        )
        if capture_id is None:
            response.status_code = 202  # the fee comes first; the visit is accepted when it is settled
        return {"capture_id": capture_id}

    @routes.post("/visit/abandon", response_model=Visit)
    def post_abandon(body: AbandonBody, request: Request) -> dict[str, Any]:
        conductor.abandon(body.reason, operator=operator_of(request))
        return snapshot.visit(parts)

    @routes.post("/visit/resume", response_model=Visit)
    def post_resume() -> dict[str, Any]:
        conductor.device_recovered()
        return snapshot.visit(parts)

    @routes.post("/visit/next", response_model=Visit)
    def post_next() -> dict[str, Any]:
        conductor.next()
        return snapshot.visit(parts)

    @routes.get("/shots/{shot_id}/{which}.jpg")
    def get_picture(shot_id: str, which: str) -> Response:
        shot = conductor.shot
        if shot is None or shot.shot_id != shot_id or which not in {"before", "after"}:
            raise ShotMissing("这张照片已不在，请刷新", "this picture is no longer here: reload", shot=shot_id)
        if which == "after" and shot.photo is None:
            raise ShotMissing("没有标准照", "no standard photo was made of this shot", shot=shot_id)
        data = shot.before if which == "before" or shot.photo is None else shot.photo.jpeg
        return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600, immutable"})

    return routes


def operator_of(request: Request) -> str:
    """Who is signed in at the tablet that asks, as the door of the station found it."""
    return str(getattr(request.state, "operator", LOCAL))


async def read_limited(request: Request, limit: int) -> bytes:
    """The request's body. Raises `ProblemError` 413 as soon as it passes `limit` bytes."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > limit:
            mb = limit // 1_000_000
            message = Message(
                zh=f"文件超过 {mb} MB，请选小一点的", en=f"the file is larger than {mb} MB: choose a smaller one"
            )
            raise ProblemError(413, "too-large", message, limit=limit)
    return bytes(data)


def _code_in(parts: Parts, data: bytes) -> str:
    try:
        picture = read_picture(data)
    except UnreadablePicture as error:
        raise UnreadableCode(error.message.zh, error.message.en) from error
    found = parts.read_codes(picture.pixels)
    if not found:
        raise UnreadableCode(
            "这张图片里读不出采集码：请用原图，不要截图转发或裁剪",
            "no code can be read in this picture: use the original, not a screenshot",
        )
    return found[0]
