"""Only on a station without real devices: who sits before the camera, which code is held up, the foot switch."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from appliance.portrait.errors import UnreadablePicture
from appliance.portrait.measurement import Message
from appliance.portrait.picture_file import read_picture
from appliance.web.answers.technician import StandInStage
from appliance.web.bodies import CodeBody, PersonBody
from appliance.web.parts import StandIn
from appliance.web.problems import ProblemError
from appliance.web.routers.visit import PICTURE_LIMIT, read_limited


def router(stand_in: StandIn) -> APIRouter:
    """The routes under `/api/stand-in`."""
    routes = APIRouter(prefix="/api/stand-in")
    showing: dict[str, str | None] = {"person": None, "code": None}

    @routes.get("", response_model=StandInStage)
    def get_stand_in() -> dict[str, Any]:
        return {
            "people": [{"id": p.id, "title": {"zh": p.title.zh, "en": p.title.en}} for p in stand_in.people],
            "students": [{"payload": s.payload, "label": s.label, "answer": s.answer} for s in stand_in.students],
            "showing": dict(showing),
        }

    @routes.put("/person", status_code=204)
    async def put_person(request: Request) -> None:
        data = await read_limited(request, PICTURE_LIMIT)
        if request.headers.get("content-type", "").startswith("application/json"):
            named = _named(data)
            path = next((p.path for p in stand_in.people if p.id == named), None)
            if path is None:
                raise ProblemError(
                    404, "no-such-person", Message(zh=f"没有这张照片：{named}", en=f"no picture {named!r}")
                )
            data = await run_in_threadpool(path.read_bytes)
            showing["person"] = named
        else:
            showing["person"] = "uploaded"
        await run_in_threadpool(_show, stand_in, data)

    @routes.put("/code", status_code=204)
    def put_code(body: CodeBody) -> None:
        stand_in.stage.show_code(body.payload)
        showing["code"] = body.payload

    @routes.delete("/person", status_code=204)
    def delete_person() -> None:
        stand_in.stage.clear_person()
        stand_in.stage.wait_settled()
        showing["person"] = None

    @routes.delete("/code", status_code=204)
    def delete_code() -> None:
        stand_in.stage.clear_code()
        showing["code"] = None

    @routes.post("/press", status_code=204)
    def post_press() -> None:
        stand_in.press()

    return routes


def _named(data: bytes) -> str:
    try:
        return PersonBody.model_validate_json(data).id
    except ValidationError as error:
        raise ProblemError(422, "invalid-request", Message(zh="请求有误", en=str(error))) from error


def _show(stand_in: StandIn, data: bytes) -> None:
    try:
        picture = read_picture(data)
    except UnreadablePicture as error:
        raise ProblemError(422, "unreadable-picture", error.message) from error
    stand_in.stage.show_person(picture.pixels)
    stand_in.stage.wait_settled()  # whoever asked may press the shutter next
