"""The web application: routes behind the door of `access`, pages, headers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from appliance.web import problems
from appliance.web.access import Access
from appliance.web.bounds import Bounds
from appliance.web.door import Door
from appliance.web.front import Front
from appliance.web.headers import Headers
from appliance.web.hub import Hub
from appliance.web.parts import Parts
from appliance.web.rehearsals import Rehearsals
from appliance.web.room import Room
from appliance.web.routers import (
    calibration,
    doctor,
    pairing,
    payment,
    people,
    plans,
    preview,
    records,
    stand_in,
    state,
    technician,
    update,
    visit,
)
from appliance.web.tally import Tally

UI = Path(__file__).with_name("ui")
_LOOK = 1.0  # seconds between two looks for what rested too long, was refused, or should have left


def create_app(parts: Parts, hub: Hub) -> FastAPI:
    """The application over a composed station; it starts and stops nothing but its own streams."""
    monotonic = parts.clock.monotonic
    refusals = Tally("access.refused", monotonic)
    room = Room(monotonic, refusals.add)
    access = Access(parts.ledger, parts.pairing_code, monotonic, room.trust)
    door = Door(parts, access, lambda topic: hub.publish(topic, None))
    parts.reflexes.operator = door.at_the_wheel

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        hub.bind(asyncio.get_running_loop())
        looking = asyncio.create_task(_look_again(door.look, lambda: refusals.flush(door.note), room.close_overdue))
        yield
        looking.cancel()
        rehearsals.stop()
        await run_in_threadpool(refusals.flush, door.note, ending=True)

    app = FastAPI(
        title="Capture station",
        version=parts.version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.room = room  # whoever listens counts connections there
    problems.install(app, refusals.add)
    app.include_router(pairing.router(parts, access, door))
    app.include_router(preview.router(parts, access, door))
    app.include_router(people.router(parts, door))
    app.include_router(visit.router(parts, door), dependencies=[Depends(door.drives)])
    app.include_router(payment.router(parts), dependencies=[Depends(door.drives)])
    app.include_router(plans.router(parts), dependencies=[Depends(door.drives)])
    app.include_router(state.router(parts, hub, door), dependencies=[Depends(door.changes)])
    app.include_router(doctor.router(parts), dependencies=[Depends(door.signed_in)])
    app.include_router(records.router(parts, door), dependencies=[Depends(door.signed_in)])
    rehearsals = Rehearsals()
    app.include_router(technician.router(parts, rehearsals), dependencies=[Depends(door.technician)])
    app.include_router(update.router(parts, door), dependencies=[Depends(door.technician)])
    app.include_router(calibration.router(parts.calibration), dependencies=[Depends(door.technician)])
    if parts.stand_in is not None:
        app.include_router(stand_in.router(parts.stand_in), dependencies=[Depends(door.paired)])

    app.add_middleware(Front, access=access, monotonic=monotonic, refused=refusals.add)
    app.add_middleware(Bounds, refused=refusals.add)
    app.add_middleware(Headers)  # added last, so that refusals of the bounds carry them too

    @app.get("/api/openapi.json", include_in_schema=False, dependencies=[Depends(door.paired)])
    def openapi() -> dict[str, Any]:
        return app.openapi()

    @app.get("/captive-portal", include_in_schema=False)
    def captive_portal() -> Response:
        """Tablets on the station's own Wi-Fi ask (RFC 8908): nobody holds them, they may stay. Says nothing of the station."""
        return Response('{"captive": false}', media_type="application/captive+json")

    @app.get("/", include_in_schema=False)
    def index() -> FileResponse:
        return FileResponse(UI / "index.html")

    @app.get("/mirror", include_in_schema=False)
    def mirror() -> FileResponse:
        return FileResponse(UI / "mirror.html")

    @app.get("/ui/sw.js", include_in_schema=False)
    def service_worker() -> FileResponse:
        """The shell's service worker, allowed to serve `/` although it lies in `/ui`."""
        return FileResponse(UI / "sw.js", headers={"Service-Worker-Allowed": "/"})

    app.mount("/ui", StaticFiles(directory=UI), name="ui")
    return app


async def _look_again(*looks: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(_LOOK)
        for look in looks:
            await run_in_threadpool(look)
