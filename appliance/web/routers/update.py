"""Newer versions of the station: what there is, look for one, take it, go back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from appliance.web.answers.update import UpdateShown
from appliance.web.door import Door
from appliance.web.parts import Parts


def router(parts: Parts, door: Door) -> APIRouter:
    """The routes under `/api/update`; each step is in the journal with who asked for it."""
    routes = APIRouter(prefix="/api/update")

    @routes.get("", response_model=UpdateShown)
    def get_update() -> dict[str, Any]:
        return parts.updates.report()

    @routes.post("/look", status_code=202, response_model=UpdateShown)
    def post_look(request: Request) -> dict[str, Any]:
        parts.updates.look()
        door.note("update.look", operator=request.state.operator)
        return parts.updates.report()

    @routes.post("/apply", status_code=202, response_model=UpdateShown)
    def post_apply(request: Request) -> dict[str, Any]:
        offered = parts.updates.report()["available"]
        parts.updates.apply()
        door.note(
            "update.asked", operator=request.state.operator, version=None if offered is None else offered["version"]
        )
        return parts.updates.report()

    @routes.post("/rollback", status_code=202, response_model=UpdateShown)
    def post_rollback(request: Request) -> dict[str, Any]:
        previous = parts.updates.report()["previous"]
        parts.updates.rollback()
        door.note("update.rollback-asked", operator=request.state.operator, version=previous)
        return parts.updates.report()

    return routes
