"""Pairing a tablet, and the health that anybody may ask for."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from appliance.web.access import COOKIE, Access
from appliance.web.answers.people import Pairing
from appliance.web.bodies import PairingBody
from appliance.web.parts import Parts

_YEAR = 365 * 24 * 3600


def router(parts: Parts, access: Access) -> APIRouter:
    """The routes that need no pairing."""
    routes = APIRouter(prefix="/api")

    @routes.get("/health")
    def get_health() -> dict[str, Any]:
        failing = [status.name for status in parts.devices() if status.state == "failing"]
        return {"status": "degraded" if failing else "ok", "instance": parts.instance, "failing": failing}

    @routes.get("/pairing", response_model=Pairing)
    def get_pairing(request: Request) -> dict[str, Any]:
        return {"paired": access.allowed(request), "station": parts.name}

    @routes.post("/pairing", status_code=204)
    def post_pairing(body: PairingBody, request: Request) -> Response:
        token = access.pair(body.code)
        response = Response(status_code=204)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, max_age=_YEAR, httponly=True, samesite="strict", secure=secure)
        return response

    return routes
