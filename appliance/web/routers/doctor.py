"""The examination of the running station, for the technician's page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from appliance.web.answers.technician import DoctorReport
from appliance.web.parts import Parts


def router(parts: Parts) -> APIRouter:
    """The route `/api/doctor`."""
    routes = APIRouter(prefix="/api")

    @routes.get("/doctor", response_model=DoctorReport)
    def get_doctor() -> dict[str, Any]:
        return parts.doctor()

    return routes
