"""The web application: routes behind the door of `access`, pages, headers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from appliance.portrait.measurement import Message
from appliance.web import problems
from appliance.web.access import Access, same_origin
from appliance.web.headers import Headers
from appliance.web.hub import Hub
from appliance.web.parts import Parts
from appliance.web.problems import ProblemError
from appliance.web.routers import pairing, preview, stand_in, state, visit

UI = Path(__file__).with_name("ui")


def create_app(parts: Parts, hub: Hub) -> FastAPI:
    """The application over a composed station; it starts and stops nothing but its own streams."""
    access = Access(parts.ledger, parts.pairing_code, parts.clock.monotonic)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        hub.bind(asyncio.get_running_loop())
        yield

    def paired(request: Request) -> None:
        if not access.allowed(request):
            message = Message(
                zh="平板尚未配对：请输入本机显示的配对码", en="not paired: enter the code shown by the station"
            )
            raise ProblemError(401, "unpaired", message)
        if request.method not in {"GET", "HEAD"} and not same_origin(request):
            raise ProblemError(
                403, "other-origin", Message(zh="请求来自别的网页", en="the request came from another page")
            )

    app = FastAPI(
        title="Capture station",
        version=parts.version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    problems.install(app)
    app.include_router(pairing.router(parts, access))
    app.include_router(preview.router(parts, access))
    for routes in (visit.router(parts), state.router(parts, hub)):
        app.include_router(routes, dependencies=[Depends(paired)])
    if parts.stand_in is not None:
        app.include_router(stand_in.router(parts.stand_in), dependencies=[Depends(paired)])

    app.add_middleware(Headers)

    @app.get("/api/openapi.json", include_in_schema=False, dependencies=[Depends(paired)])
    def openapi() -> dict[str, Any]:
        return app.openapi()

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
