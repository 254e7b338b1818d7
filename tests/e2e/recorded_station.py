"""A station's interface with recorded answers, for tests of the page alone: error texts, lost connections, double taps.

The visit itself is never tested against this: `test_whole_visit.py` drives the real station.
"""

from __future__ import annotations

import asyncio
import io
import json
import mimetypes
import struct
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import recorded_condition as condition
import recorded_pictures as pictures
import recorded_states as states
import segno
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, StreamingResponse
from recorded_office import RecordedOffice, problem
from starlette.types import ASGIApp, Receive, Scope, Send

UI = Path(__file__).resolve().parents[2] / "appliance" / "web" / "ui"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; connect-src 'self' ws: wss:; object-src 'none'"
    ),
    "Service-Worker-Allowed": "/",
}
KINDS = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}  # not every system knows them
Json = dict[str, Any]

NEXT_STATE = {
    "code": states.IDENTIFIED,
    "code-picture": states.IDENTIFIED,
    "verify": states.VERIFIED,
    "confirm": states.FRAMING,
    "shoot": states.REFUSED_VISIT,
    "retake": states.FRAMING,
    "accept": states.QUEUED,
    "abandon": states.IDLE,
    "resume": states.FRAMING,
    "id-card": states.VERIFIED,
    "import": states.JUDGED,
    "retry": states.PAYING,
    "defer": states.FRAMING,
    "voucher": states.FRAMING,
    "cancel": states.visit("paying", ["abandon"], payment=states.payment("cancelled")),
    "next": states.IDLE,
}


@dataclass
class RecordedStation:
    """What the page is told. Tests change `snapshot` through `tell`, and put refusals into `answers`."""

    snapshot: Json = field(default_factory=states.snapshot)
    paired: bool = True
    code: str = "482913"
    answers: dict[str, Response] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    delay: float = 0.0
    person: bool = True
    pass_next: bool = False
    beat: float = 5.0
    silent: bool = False
    frames: int = 0
    watching: int = 0
    stand_in: Json = field(default_factory=dict)
    office: RecordedOffice = field(init=False)

    def __post_init__(self) -> None:
        self.office = RecordedOffice(self)
        self._queues: set[asyncio.Queue[tuple[str, int, Any] | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.port = 0
        self._jpegs = {person: pictures.jpeg(pictures.scene(640, 480, person=person)) for person in (True, False)}

    # --- what tests do ------------------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def tell(self, topic: str, data: Any, *, skip: int = 0) -> None:
        """Change a part of the state and send its event; `skip` events before it are lost on the way."""
        if topic != "notice":
            self.snapshot[topic] = data
        self.snapshot["sequence"] += 1 + skip
        event = (topic, self.snapshot["sequence"], data)
        if self._loop is not None:
            for queue in list(self._queues):
                self._loop.call_soon_threadsafe(queue.put_nowait, event)

    def become(self, **parts: Any) -> None:
        """Be in another recorded state, told event by event."""
        wanted = states.snapshot(**parts)
        for topic in ("plan", "queue", "counters", "health", "devices", "guidance", "session", "driving", "visit"):
            self.tell(topic, wanted[topic])

    def called(self, what: str) -> list[Any]:
        """Bodies of the calls to `/api/visit/WHAT` or another path's last part."""
        return [body for name, body in self.calls if name == what]

    def start(self, port: int = 0) -> None:
        config = uvicorn.Config(self.site(), host="127.0.0.1", port=port, log_level="critical", ws="websockets-sansio")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="recorded-station", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < deadline, "the recorded station did not start"
            time.sleep(0.02)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        if self._loop is not None:
            for queue in list(self._queues):
                self._loop.call_soon_threadsafe(queue.put_nowait, None)
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(10)
        self._server, self._thread = None, None

    # --- what the page sees -------------------------------------------------------------------------------------------

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def door(request: Request, call_next: Any) -> Response:
            if request.url.path != "/api/pairing" and not self.paired:
                return problem(401, "unpaired", "这台平板还没有配对", "this tablet is not paired")
            response: Response = await call_next(request)
            return response

        app.add_api_route("/api/pairing", self._pair, methods=["POST"])
        app.add_api_route("/api/state", lambda: self.snapshot)
        app.add_api_route("/api/events", self._events)
        app.add_api_route("/api/visit/payment/qr.svg", self._qr)
        app.add_api_route("/api/visit/payment/{step}", self._step, methods=["POST"])
        app.add_api_route("/api/visit/{step}", self._step, methods=["POST"])
        self.office.add_to(app)
        app.add_api_route("/api/queue/{row}/retry", self._retry, methods=["POST"])
        app.add_api_route("/api/queue/wishes/{wish}/retry", self._retry_wish, methods=["POST"])
        app.add_api_route("/api/captures/{capture}", self._capture)
        app.add_api_route("/api/shots/{shot}/{which}.jpg", self._picture)
        app.add_api_route("/api/stand-in", lambda: self.stand_in)
        app.add_api_route("/api/stand-in/{what}", self._stand_in, methods=["PUT", "POST", "DELETE"])
        app.add_api_websocket_route("/api/preview", self._preview)
        return app

    def site(self) -> ASGIApp:
        """The page's files out of memory (a page that is closed while it loads leaves none open), and the interface."""
        api = self.app()

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "")
            if scope["type"] != "http" or path.startswith("/api/"):
                await api(scope, receive, send)
                return
            file = "index.html" if path == "/" else path.removeprefix("/ui/")
            await _file(file)(scope, receive, send)

        return serve

    async def _pair(self, request: Request) -> Response:
        body = await request.json()
        self.calls.append(("pairing", body))
        if "pairing" in self.answers:
            return self.answers["pairing"]
        if body["code"] != self.code:
            return problem(403, "wrong-pairing-code", "配对码不对，还可以试 4 次", "wrong code, 4 tries left")
        self.paired = True
        return Response(status_code=204)

    async def _events(self) -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            self._loop = asyncio.get_running_loop()
            queue: asyncio.Queue[tuple[str, int, Any] | None] = asyncio.Queue()
            self._queues.add(queue)
            try:
                yield _event("snapshot", self.snapshot["sequence"], self.snapshot)
                while True:
                    try:
                        event = await asyncio.wait_for(queue.get(), self.beat)
                    except TimeoutError:
                        if not self.silent:
                            yield ": beat\n\n"
                        continue
                    if event is None:
                        return
                    yield _event(*event)
            finally:
                self._queues.discard(queue)

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def _step(self, step: str, request: Request) -> Response:
        raw = await request.body()
        is_json = request.headers.get("content-type", "").startswith("application/json")
        self.calls.append((step, json.loads(raw) if is_json and raw else raw))
        await asyncio.sleep(self.delay)
        if step in self.answers:
            return self.answers[step]
        visit = states.JUDGED if step == "shoot" and self.pass_next else NEXT_STATE[step]
        self.tell("visit", visit)
        return JSONResponse({"capture_id": states.CAPTURE_ID} if step == "accept" else {})

    def _qr(self) -> Response:
        drawing = io.BytesIO()
        segno.make("https://pay.example/o/1", error="m", micro=False).save(drawing, kind="svg", border=4, scale=8)
        return Response(drawing.getvalue(), media_type="image/svg+xml")

    async def _retry(self, row: int) -> Json:
        self.calls.append(("retry", row))
        self.tell("queue", condition.PARKED | {"parked": 1, "parked_items": []})
        return self.snapshot["queue"]

    async def _retry_wish(self, wish: str) -> Json:
        self.calls.append(("retry-wish", wish))
        self.tell("queue", condition.QUEUE)
        return self.snapshot["queue"]

    def _capture(self, capture: str) -> Response:
        return JSONResponse({"capture_id": capture, "state": "waiting", "receipt": None})

    def _picture(self, which: str) -> Response:
        if which == "before":
            picture = pictures.scene(1200, 900, person=self.person)
        else:
            picture = pictures.scene(480, 640, person=self.person, wall=(255, 197, 100))
        return Response(pictures.jpeg(picture), media_type="image/jpeg")

    async def _stand_in(self, what: str, request: Request) -> Response:
        body = await request.body()
        self.calls.append((f"stand-in {request.method} {what}", json.loads(body) if body else None))
        return Response(status_code=204)

    async def _preview(self, socket: WebSocket) -> None:
        await socket.accept()
        self.watching += 1
        try:
            while True:
                await socket.receive_text()
                await asyncio.sleep(1 / 20)
                await socket.send_bytes(self._frame())
        except WebSocketDisconnect:
            return
        finally:
            self.watching -= 1

    def _frame(self) -> bytes:
        self.frames += 1
        guidance = self.snapshot["guidance"]
        header: Json = {"sequence": self.frames, "captured_at": time.monotonic(), "width": 640, "height": 480}
        seen = guidance is not None and self.person
        header["overlay"] = pictures.overlay(good=guidance["ready"]) if seen else None
        header["guidance"] = None
        raw = json.dumps(header).encode()
        return struct.pack(">I", len(raw)) + raw + self._jpegs[self.person]


@cache
def _file(name: str) -> Response:
    """One of the page's files, read once for all tests; 404 for one that is not there."""
    path = UI / name
    if not path.is_file() or UI not in path.resolve().parents:
        return Response(status_code=404)
    kind = KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), media_type=kind, headers=HEADERS)


def _event(topic: str, number: int, data: Any) -> str:
    return f"id: {number}\nevent: {topic}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
