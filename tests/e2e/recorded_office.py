"""The recorded station's office: people, the wheel, plans, records, the technician's pages."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Protocol

import recorded_condition as condition
import recorded_pictures as pictures
import recorded_states as states
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

Json = dict[str, Any]


def problem(status: int, code: str, zh: str, en: str, **extra: Any) -> JSONResponse:
    """A refusal as the station words it."""
    body = {"type": f"urn:station:problem:{code}", "title": code, "status": status, "code": code}
    body |= {"message": {"zh": zh, "en": en}, **extra}
    return JSONResponse(body, status, media_type="application/problem+json")


class Told(Protocol):
    """The station, as its office needs it."""

    snapshot: Json
    calls: list[tuple[str, Any]]
    answers: dict[str, Response]

    def tell(self, topic: str, data: Any, *, skip: int = 0) -> None: ...


@dataclass
class RecordedOffice:
    """Answers what is recorded; `people` and `kept` are what there is."""

    station: Told
    people: list[Json] = field(default_factory=lambda: [states.TECHNICIAN, states.OPERATOR])
    kept: list[Json] = field(default_factory=lambda: [dict(record) for record in states.KEPT])
    rehearsal: Json = field(default_factory=lambda: dict(condition.REHEARSAL))
    calibration: Json = field(default_factory=lambda: deepcopy(condition.CALIBRATION))
    update: Json = field(default_factory=lambda: deepcopy(condition.UPDATE))
    tablets: list[Json] = field(default_factory=lambda: [dict(tablet) for tablet in condition.TABLETS])
    pin: str = "402817"

    def add_to(self, app: FastAPI) -> None:
        """The routes."""
        app.add_api_route("/api/people", lambda: {"people": self.people, "setup": not self.people})
        app.add_api_route("/api/people", self._person, methods=["POST"])
        app.add_api_route("/api/people/{person}", self._person, methods=["PUT", "DELETE"])
        app.add_api_route("/api/session", self._sign_in, methods=["POST"])
        app.add_api_route("/api/session", self._sign_out, methods=["DELETE"])
        app.add_api_route("/api/drive", self._drive, methods=["POST"])
        app.add_api_route("/api/plans", lambda: {"current": "2026-spring", "plans": states.PLANS})
        app.add_api_route("/api/plans/current", self._plan, methods=["PUT"])
        app.add_api_route("/api/records", self._search)
        app.add_api_route("/api/records/recall", lambda: {"records": [r for r in self.kept if r["state"] == "refused"]})
        app.add_api_route("/api/records/lookup", self._lookup, methods=["POST"])
        app.add_api_route("/api/records/{capture}/photo.jpg", self._photo)
        app.add_api_route("/api/records/{capture}/{what}", self._act, methods=["POST"])
        app.add_api_route("/api/doctor", lambda: {"outcome": "warn", "findings": condition.FINDINGS})
        app.add_api_route("/api/technician/camera", lambda: condition.CAMERA_FIGURES)
        app.add_api_route("/api/technician/lamps", self._lamps, methods=["PUT"])
        app.add_api_route("/api/technician/rehearsal", lambda: self.rehearsal)
        app.add_api_route("/api/technician/rehearsal", self._rehearse, methods=["POST"])
        app.add_api_route("/api/technician/logs", lambda: {"lines": condition.LOG})

        app.add_api_route("/api/tablets", lambda: {"tablets": self.tablets})
        app.add_api_route("/api/tablets/{number}", self._turn_away, methods=["DELETE"])
        app.add_api_route("/api/pairing/code", self._invite, methods=["POST"])
        app.add_api_route("/api/calibration", lambda: self.calibration)
        app.add_api_route("/api/calibration/plate.jpg", self._plate)
        app.add_api_route("/api/calibration/{what:path}", self._calibrate, methods=["POST"])
        app.add_api_route("/api/update", lambda: self.update)
        app.add_api_route("/api/update/{what}", self._update, methods=["POST"])

    def _turn_away(self, number: int) -> Response:
        self.station.calls.append(("turn-away", number))
        self.tablets = [tablet for tablet in self.tablets if tablet["number"] != number]
        return Response(status_code=204)

    async def _invite(self, request: Request) -> Response:
        refused = await self._note("invite", request)
        return refused or JSONResponse({"code": "739204", "lasts_s": 300.0})

    def _plate(self) -> Response:
        return Response(pictures.jpeg(pictures.scene(480, 360, person=False)), media_type="image/jpeg")

    async def _calibrate(self, what: str, request: Request) -> Response:
        refused = await self._note(f"calibration {what}", request)
        return refused or JSONResponse(self.calibration, 202)

    async def _update(self, what: str, request: Request) -> Response:
        refused = await self._note(f"update {what}", request)
        return refused or JSONResponse(self.update, 202)

    async def _note(self, name: str, request: Request) -> Response | None:
        body = await request.json() if await request.body() else None
        self.station.calls.append((name, body))
        return self.station.answers.get(name)

    async def _person(self, request: Request, person: str = "") -> Response:
        refused = await self._note(f"people {request.method}", request)
        if refused is None and request.method == "DELETE":
            self.people = [entry for entry in self.people if entry["id"] != person]
        self.station.tell("session", dict(self.station.snapshot["session"]))
        return refused or JSONResponse({})

    async def _sign_in(self, request: Request) -> Response:
        refused = await self._note("sign-in", request)
        body = self.station.calls[-1][1]
        if refused is None and body["pin"] != self.pin:
            return problem(403, "wrong-pin", "PIN 不对，还可以试 4 次", "wrong PIN, 4 tries left", tries_left=4)
        if refused is None:
            person = next(entry for entry in self.people if entry["id"] == body["operator"])
            self.station.tell("session", states.SIGNED_IN | {"operator": person})
        return refused or Response(status_code=204)

    def _sign_out(self) -> Response:
        self.station.calls.append(("sign-out", None))
        self.station.tell("session", states.SIGNED_OUT)
        return Response(status_code=204)

    async def _drive(self, request: Request) -> Response:
        refused = await self._note("drive", request)
        self.station.tell("driving", {"mine": True, "tablet": "1", "operator": None})
        return refused or JSONResponse({})

    async def _plan(self, request: Request) -> Response:
        refused = await self._note("plan", request)
        return refused or JSONResponse({})

    async def _lamps(self, request: Request) -> Response:
        refused = await self._note("lamps", request)
        return refused or JSONResponse({})

    async def _rehearse(self, request: Request) -> Response:
        refused = await self._note("rehearse", request)
        self.rehearsal = condition.REHEARSAL | {"state": "done", "outcome": "receipt"}
        return refused or JSONResponse({}, 202)

    def _search(self, query: str = "", state: str = "") -> Json:
        self.station.calls.append(("search", {"query": query, "state": state}))
        found = [record for record in self.kept if state in ("", record["state"])]
        found = [record for record in found if query in str(record["identity"].values())]
        counts = {state: sum(r["state"] == state for r in self.kept) for state in states.STATES_KEPT}
        return {"records": found, "counts": counts}

    async def _lookup(self, request: Request) -> Response:
        refused = await self._note("lookup", request)
        return refused or JSONResponse({"records": self.kept[:1]})

    def _photo(self, capture: str) -> Response:
        del capture
        return Response(pictures.jpeg(pictures.scene(480, 640, wall=(255, 197, 100))), media_type="image/jpeg")

    async def _act(self, capture: str, what: str, request: Request) -> Response:
        refused = await self._note(f"record {what}", request)
        del capture
        return refused or JSONResponse({})
