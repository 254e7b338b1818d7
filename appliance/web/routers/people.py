"""People, sessions, and the wheel."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from appliance.portrait.measurement import Message
from appliance.web.answers.people import Driving, Operator, People, Session
from appliance.web.bodies import DriveBody, NewPersonBody, PersonChangeBody, SignInBody
from appliance.web.door import Door
from appliance.web.parts import Parts
from appliance.web.people import check_setup_code
from appliance.web.problems import ProblemError


def router(parts: Parts, door: Door) -> APIRouter:
    """The routes `/api/people`, `/api/session`, `/api/drive`."""
    routes = APIRouter(prefix="/api", dependencies=[Depends(door.paired)])

    @routes.get("/people", response_model=People)
    def get_people() -> dict[str, Any]:
        """Names for the sign-in screen; `setup` while the first technician is still to be made."""
        people = [person.shown() for person in door.people.all()]
        return {"people": people, "setup": not people}

    @routes.post("/people", status_code=201, response_model=Operator)
    def post_person(body: NewPersonBody, request: Request) -> dict[str, str]:
        if door.people.all():
            door.technician(request)
        else:
            _expect_setup_code(parts, door, body.setup_code)
        person = door.people.add(body.name, body.role, body.pin)
        door.note("person.added", person=person.id, role=person.role)
        door.changed()
        return person.shown()

    @routes.put("/people/{person_id}", response_model=Operator, dependencies=[Depends(door.technician)])
    def put_person(person_id: str, body: PersonChangeBody) -> dict[str, str]:
        person = door.people.change(person_id, name=body.name, role=body.role, pin=body.pin)
        door.note("person.changed", person=person.id, role=person.role, pin=body.pin is not None)
        door.changed()
        return person.shown()

    @routes.delete("/people/{person_id}", status_code=204, dependencies=[Depends(door.technician)])
    def delete_person(person_id: str) -> None:
        door.people.remove(person_id)
        door.note("person.removed", person=person_id)
        door.changed()

    @routes.get("/session", response_model=Session)
    def get_session(request: Request) -> dict[str, Any]:
        return door.session(request)

    @routes.post("/session", status_code=204)
    def post_session(body: SignInBody, request: Request) -> Response:
        tablet = door.tablet(request)
        person = door.people.find(body.operator)
        door.check_pin(tablet, person, body.pin)
        door.sessions.open(tablet, person)
        door.note("operator.signed_in", operator=person.id)
        door.changed()
        return Response(status_code=204)

    @routes.delete("/session", status_code=204)
    def delete_session(request: Request) -> Response:
        tablet = door.tablet(request)
        person = door.sessions.close(tablet)
        if person is not None:
            door.note("operator.signed_out", operator=person.id)
        door.drive.leave(tablet)
        door.look()
        door.changed()
        return Response(status_code=204)

    @routes.post("/drive", response_model=Driving, dependencies=[Depends(door.signed_in)])
    def post_drive(body: DriveBody, request: Request) -> dict[str, Any]:
        tablet = door.tablet(request)
        if not door.take(tablet, by_force=body.take_over):
            driver = door.driving(request)
            message = Message(
                zh=f"{driver['tablet']} 号平板正在操作，确认后可以接管",
                en=f"tablet {driver['tablet']} is driving: confirm to take over",
            )
            raise ProblemError(409, "not-driving", message, driving=driver)
        return door.driving(request)

    return routes


def _expect_setup_code(parts: Parts, door: Door, given: str | None) -> None:
    key = "set-up"
    door.throttle.check(key)
    if not check_setup_code(given, parts.setup_code):
        left = door.throttle.wrong(key)
        message = Message(
            zh=f"设置码不对（采集站启动时显示在配对码旁边），还可以试 {left} 次",
            en=f"wrong set-up code (the station shows it beside the pairing code when it starts), {left} tries left",
        )
        raise ProblemError(403, "wrong-setup-code", message, tries_left=left)
    door.throttle.right(key)
