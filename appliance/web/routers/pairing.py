"""Pairing tablets, letting them go, and the health that anybody may ask for."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from appliance.portrait.measurement import Message
from appliance.web.access import COOKIE, SECURE_COOKIE, Access, secure
from appliance.web.answers.people import PairedTablets, Pairing, PairingCode
from appliance.web.bodies import PairingBody, ProofBody
from appliance.web.door import Door
from appliance.web.pairing_codes import LASTS
from appliance.web.parts import Parts
from appliance.web.problems import ProblemError

_YEAR = 365 * 24 * 3600


def router(parts: Parts, access: Access, door: Door) -> APIRouter:
    """The routes that need no pairing, and those that give and take it."""
    routes = APIRouter(prefix="/api")

    @routes.get("/health")
    def get_health() -> dict[str, Any]:
        failing = [status.name for status in parts.devices() if status.state == "failing"]
        return {"status": "degraded" if failing else "ok", "instance": parts.instance, "failing": failing}

    @routes.get("/pairing", response_model=Pairing)
    def get_pairing(request: Request) -> dict[str, Any]:
        """`question`: what a tablet that moved signs with its key, to go on as the one it was."""
        return {"paired": access.allowed(request), "station": parts.name, "question": access.question(request)}

    @routes.post("/pairing", status_code=204)
    def post_pairing(body: PairingBody, request: Request) -> Response:
        token = access.pair(request, body.code, body.screen, None if body.key is None else body.key.model_dump())
        tablet = access.tablets.holding(token)
        if tablet is not None:
            door.note("tablet.paired", tablet=tablet.number, screen=tablet.screen, proves_itself=tablet.key is not None)
        return _granted(request, token)

    @routes.post("/pairing/proof", status_code=204)
    def post_proof(body: ProofBody, request: Request) -> Response:
        """A tablet that moved gets another token; the one it held, and every copy of it, opens nothing any more."""
        tablet, token = access.prove(request, body.question, body.signature)
        door.note("tablet.moved", tablet=tablet.number)
        return _granted(request, token)

    @routes.post("/pairing/code", response_model=PairingCode, dependencies=[Depends(door.technician)])
    def post_code() -> dict[str, Any]:
        """A code for one more tablet; the last one asked for is void."""
        return {"code": access.codes.issue(), "lasts_s": LASTS}

    @routes.get("/tablets", response_model=PairedTablets, dependencies=[Depends(door.technician)])
    def get_tablets(request: Request) -> dict[str, Any]:
        mine = access.tablet(request)
        found = [
            {"number": tablet.number, "screen": tablet.screen, "mine": tablet.id == mine}
            for tablet in access.tablets.all()
        ]
        return {"tablets": found}

    @routes.delete("/tablets/{number}", status_code=204, dependencies=[Depends(door.technician)])
    def delete_tablet(number: int) -> None:
        """A tablet that was lost or given away: from now on it is a stranger."""
        tablet = access.tablets.numbered(number)
        if tablet is None:
            message = Message(zh=f"没有 {number} 号平板，请刷新", en=f"there is no tablet {number}: reload the list")
            raise ProblemError(404, "no-such-tablet", message)
        access.tablets.remove(tablet)
        door.forget(tablet.id)

    return routes


def _granted(request: Request, token: str) -> Response:
    response = Response(status_code=204)
    safe = secure(request)
    name = SECURE_COOKIE if safe else COOKIE
    response.set_cookie(name, token, max_age=_YEAR, httponly=True, samesite="strict", secure=safe, path="/")
    return response
