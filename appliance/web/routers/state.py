"""State, events, queue, health: what pages and programs may know."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from appliance.ledger.tables import CaptureRow
from appliance.portrait.measurement import Message
from appliance.web.answers.station import Events, Queue, Snapshot
from appliance.web.answers.technician import CaptureState
from appliance.web.door import Door
from appliance.web.hub import Hub
from appliance.web.parts import Parts
from appliance.web.problems import ProblemError
from appliance.web.snapshot import snapshot

_RowId = Annotated[int, Path(ge=1, lt=2**63)]  # as SQLite numbers rows
HEARTBEAT = 5.0  # seconds of silence after which a comment is sent, so that both sides notice a dead connection


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


def router(parts: Parts, hub: Hub, door: Door) -> APIRouter:
    """The routes under `/api` that tell."""
    routes = APIRouter(prefix="/api")
    # What differs from tablet to tablet: its event says only that it changed.
    own: dict[str, Callable[[Request], Any]] = {"session": door.session, "driving": door.driving}

    def whole(request: Request, number: int) -> dict[str, Any]:
        return snapshot(parts, number) | {topic: of(request) for topic, of in own.items()}

    @routes.get("/state", response_model=Snapshot)
    def get_state(request: Request) -> dict[str, Any]:
        return whole(request, hub.sequence)

    @routes.get("/events", response_class=EventStream, responses={200: {"model": Events}})
    async def get_events(request: Request) -> StreamingResponse:
        door.expect_page(request)

        async def lines() -> AsyncIterator[str]:
            with door.watching(request):
                async for event in hub.stream(lambda number: run_in_threadpool(whole, request, number), HEARTBEAT):
                    if not door.welcome(request):
                        return
                    if event is None:
                        yield ": beat\n\n"
                        continue
                    mine = own.get(event.topic)
                    told = event.data if mine is None else await run_in_threadpool(mine, request)
                    data = json.dumps(told, ensure_ascii=False)
                    yield f"id: {event.sequence}\nevent: {event.topic}\ndata: {data}\n\n"

        return EventStream(lines(), headers={"Cache-Control": "no-store"})

    @routes.get("/queue", response_model=Queue)
    def get_queue() -> dict[str, Any]:
        return parts.queue()

    @routes.post("/queue/{row_id}/retry", response_model=Queue)
    def post_retry(row_id: _RowId) -> dict[str, Any]:
        if not parts.retry(row_id):
            message = Message(zh="没有这个待处理的条目", en=f"no parked delivery {row_id}: reload the list")
            raise ProblemError(404, "no-such-delivery", message)
        return parts.queue()

    @routes.post("/queue/wishes/{wish_id}/retry", response_model=Queue)
    def post_retry_wish(wish_id: str) -> dict[str, Any]:
        if not parts.retry_wish(wish_id):
            message = Message(zh="没有这个待处理的申请", en=f"no parked request {wish_id}: reload the list")
            raise ProblemError(404, "no-such-wish", message)
        return parts.queue()

    @routes.get("/captures/{capture_id}", response_model=CaptureState)
    def get_capture(capture_id: str) -> dict[str, Any]:
        with parts.ledger.reading() as session:
            row = session.get(CaptureRow, capture_id)
        if row is None:
            message = Message(zh="本机没有这个采集", en=f"no capture {capture_id} on this station")
            raise ProblemError(404, "no-such-capture", message)
        return {
            "capture_id": row.capture_id,
            "visit_id": row.visit_id,
            "state": "receipted" if row.receipt else "waiting",
            "accepted_at": row.accepted_at,
            "photo_sha256": row.photo_sha256,
            "original_sha256": row.original_sha256,
            "receipt": None if row.receipt is None else json.loads(row.receipt),
        }

    return routes
