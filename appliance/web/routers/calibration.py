"""Calibration from the technician's page: a step begun, watched and ended; versions shown, used again, undone."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any

import cv2
from fastapi import APIRouter, Response

from appliance.calibration.chart import write_chart
from appliance.calibration.desk import CalibrationDesk, Step
from appliance.calibration.errors import CalibrationRefused
from appliance.calibration.store import Calibration
from appliance.health.judging import limits
from appliance.portrait.measurement import Message
from appliance.web.answers.calibration import CalibrationShown
from appliance.web.bodies import CalibrationUseBody
from appliance.web.problems import ProblemError

_PARTS = ("focus", "grey", "backdrop", "lens")
_PLATE_WIDTH = 960  # pixels: enough to see a thing that stands there


def router(desk: CalibrationDesk) -> APIRouter:
    """The routes under `/api/calibration`."""
    routes = APIRouter(prefix="/api/calibration")

    @routes.get("", response_model=CalibrationShown)
    def get_calibration() -> dict[str, Any]:
        current = desk.calibrated.calibration
        expiry = limits()["calibration"]
        return {
            "current": None if current is None else current.model_dump(),
            "age_days": desk.calibrated.age_days(),
            "remind_days": expiry["warn"],
            "expired_days": expiry["bad"],
            "versions": [_shown(desk, number, current) for number in reversed(desk.store.versions())],
            "work": asdict(desk.work),
        }

    @routes.post("/steps/{step}", status_code=202, response_model=CalibrationShown)
    def post_step(step: Step) -> dict[str, Any]:
        desk.begin(step)
        return get_calibration()

    @routes.post("/finish", response_model=CalibrationShown)
    def post_finish() -> dict[str, Any]:
        desk.finish()
        return get_calibration()

    @routes.post("/use", response_model=CalibrationShown)
    def post_use(body: CalibrationUseBody) -> dict[str, Any]:
        try:
            desk.use(body.number)
        except CalibrationRefused as error:
            raise ProblemError(404, "no-such-calibration", error.message, number=body.number) from error
        return get_calibration()

    @routes.post("/undo", response_model=CalibrationShown)
    def post_undo() -> dict[str, Any]:
        try:
            desk.undo()
        except CalibrationRefused as error:
            raise ProblemError(409, "calibration-damaged", error.message) from error
        return get_calibration()

    @routes.get("/chart.pdf")
    def get_chart() -> Response:
        sheet = io.BytesIO()
        write_chart(sheet)
        name = 'attachment; filename="calibration-chart.pdf"'
        return Response(sheet.getvalue(), media_type="application/pdf", headers={"Content-Disposition": name})

    @routes.get("/plate.jpg")
    def get_plate() -> Response:
        """The empty backdrop in use, made smaller; its address carries the version, so that a new one is fetched."""
        try:
            plate = desk.store.plate()
        except CalibrationRefused as error:
            raise ProblemError(409, "calibration-damaged", error.message) from error
        if plate is None:
            raise ProblemError(404, "no-plate", Message(zh="还没有拍背景图", en="no backdrop was taken yet"))
        height, width = plate.shape[:2]
        small = cv2.resize(plate, (_PLATE_WIDTH, round(_PLATE_WIDTH * height / width)), interpolation=cv2.INTER_AREA)
        _, data = cv2.imencode(".jpg", small)
        return Response(data.tobytes(), media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})

    return routes


def _shown(desk: CalibrationDesk, number: int, current: Calibration | None) -> dict[str, Any]:
    """A version: when it was made, and what in it is its own, not taken over from the one before."""
    in_use = current is not None and current.number == number
    try:
        version = desk.store.version(number)
    except CalibrationRefused:
        return {"number": number, "at": None, "measured": [], "in_use": in_use, "usable": False}
    times = {name: part.at for name in _PARTS if (part := getattr(version, name)) is not None}
    newest = max(times.values(), default=None)
    own = [name for name, at in times.items() if at == newest]
    return {"number": number, "at": newest, "measured": own, "in_use": in_use, "usable": True}
