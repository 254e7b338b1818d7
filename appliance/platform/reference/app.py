"""The reference platform as one FastAPI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from . import (
    after_routes,
    desk,
    desk_access,
    metrics,
    openapi,
    pages,
    pay_pages,
    report_pages,
    routes,
    station_pages,
    tus,
)
from .answer_digest import AnswerDigest
from .body_limit import BodyLimit
from .composition import Platform
from .event_hub import EventHub
from .jobs import run_jobs
from .metrics import RequestTimes, new_registry
from .overload import Overload
from .problems import install_problem_handlers
from .uploads import recover


def create_app(platform: Platform) -> FastAPI:
    """An application over an opened platform; what a crash left half done is finished when it starts."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(recover, platform)
        tasks = [asyncio.create_task(run_jobs(platform)), asyncio.create_task(app.state.events.run())]
        yield
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    app = contract_app(lifespan)
    app.state.platform = platform
    app.state.events = EventHub(platform)
    app.add_middleware(BodyLimit, max_bytes=platform.settings.max_request_bytes)
    app.add_middleware(Overload, most=platform.settings.most_waiting)
    app.state.metrics = new_registry(platform)
    if app.state.metrics is not None:
        app.add_middleware(RequestTimes, registry=app.state.metrics)
    app.add_middleware(AnswerDigest)
    app.include_router(metrics.router)
    app.include_router(station_pages.router)
    app.include_router(pages.public)
    app.include_router(pages.router)
    app.include_router(pay_pages.router)
    app.include_router(desk_access.router)
    app.include_router(report_pages.router)
    app.include_router(desk.router)
    app.exception_handler(desk_access.NotSignedIn)(desk_access.to_sign_in)
    app.add_api_route("/v1/openapi.json", lambda: openapi.document(app), include_in_schema=False)
    return app


def contract_app(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None) -> FastAPI:
    """The contract's routes alone, without a platform behind them: enough to describe them."""
    app = FastAPI(
        title="Reference platform",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    install_problem_handlers(app)
    app.include_router(routes.router)
    app.include_router(after_routes.router)
    app.include_router(tus.router)
    return app
