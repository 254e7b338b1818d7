"""The live picture: the client says it is ready, and gets the newest frame with the judgement that belongs to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections import Counter
from dataclasses import asdict

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool

from appliance.visit.feed import LiveFeed, LivePicture
from appliance.web.access import Access, same_origin
from appliance.web.door import MOST_PAGES, Door
from appliance.web.parts import Parts

_POLICY_VIOLATION = 1008
_GOING_AWAY = 1001
_TRY_LATER = 1013


def router(parts: Parts, access: Access, door: Door) -> APIRouter:
    """`/api/preview`, a websocket."""
    routes = APIRouter(prefix="/api")
    watching: Counter[str] = Counter()

    @routes.websocket("/preview")
    async def preview(socket: WebSocket) -> None:
        if not (access.allowed(socket) and same_origin(socket)):
            await socket.close(_POLICY_VIOLATION)
            return
        viewer = access.tablet(socket) or "programs"
        if watching[viewer] >= MOST_PAGES:
            await socket.close(_TRY_LATER)
            return
        watching[viewer] += 1
        loop = asyncio.get_running_loop()
        changed = asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closing
                loop.call_soon_threadsafe(changed.set)

        leave = parts.feed.listen(wake)
        try:
            await socket.accept()
            while True:
                after = _wanted(await socket.receive_text())
                if not door.welcome(socket):
                    await socket.close(_POLICY_VIOLATION)
                    return
                door.used(socket)
                picture = await _newer(parts.feed, changed, after)
                if picture is None:
                    await socket.close(_GOING_AWAY)
                    return
                await socket.send_bytes(await run_in_threadpool(_message, parts.feed, picture))
        except (WebSocketDisconnect, ValueError, RecursionError):
            with contextlib.suppress(RuntimeError):
                await socket.close()
        finally:
            leave()
            watching[viewer] -= 1
            if not watching[viewer]:
                del watching[viewer]

    return routes


def _wanted(text: str) -> int:
    body = json.loads(text)
    after = body.get("after", -1) if isinstance(body, dict) else -1
    return after if isinstance(after, int) else -1


async def _newer(feed: LiveFeed, changed: asyncio.Event, after: int) -> LivePicture | None:
    while not feed.closed:
        changed.clear()
        newest = feed.newest()
        if newest is not None and newest.frame.sequence != after:
            return newest
        await changed.wait()
    return None


def _message(feed: LiveFeed, picture: LivePicture) -> bytes:
    height, width = picture.frame.pixels.shape[:2]
    view = picture.view
    header = json.dumps(
        {
            "sequence": picture.frame.sequence,
            "captured_at": picture.frame.captured_at,
            "width": width,
            "height": height,
            "overlay": None if view is None else view.overlay.as_dict(),
            "guidance": None if view is None else asdict(view.guidance),
        },
        ensure_ascii=False,
    ).encode()
    return struct.pack(">I", len(header)) + header + feed.jpeg(picture)
