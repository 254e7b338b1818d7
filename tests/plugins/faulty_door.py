"""The reference platform behind a door that misbehaves by HTTP: busy, out of room, refusing, repeating itself, out of time.

`FaultyDoor` is asked for each request which `Trouble` it meets. `FaultyServer` runs the platform behind it over TCP; time and
room are those of the platform itself, so that signatures, receipts and files meet them too.
"""

from __future__ import annotations

import errno
import json
import random
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

import uvicorn
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from appliance.platform.reference.app import create_app
from appliance.platform.reference.composition import Platform
from appliance.platform.reference.database import Database
from appliance.platform.reference.objects import ObjectStore
from appliance.platform.reference.problems import Refusal


class Trouble(StrEnum):
    """What one request meets."""

    BUSY = "503"
    BUSY_AFTERWARDS = "503 though it was done"
    TOO_MANY = "429 with Retry-After"
    TIME_REFUSED = "401"
    REFUSED_BY_NETWORK = "401 of a login page"
    CONFLICT = "409"
    TOO_LARGE = "413"
    LOGIN_PAGE = "200 of a login page"
    DISK_FULL = "disk of the platform full"
    TWICE = "delivered twice"
    REPLAYED = "an older request delivered again"
    SHUFFLED = "events out of order and repeated"


@dataclass(frozen=True, slots=True)
class Kept:
    """A request as it came, to be delivered again."""

    scope: Scope
    body: bytes


class FaultyDoor:
    """ASGI middleware; `choose` names each request's trouble, `now` is the platform's clock."""

    def __init__(self, app: ASGIApp, room: Room, now: Callable[[], datetime], draw: random.Random) -> None:
        self._app = app
        self._room = room
        self._now = now
        self._draw = draw
        self._seen: deque[Kept] = deque(maxlen=30)
        self.choose: Callable[[], Trouble | None] = lambda: None
        self.crashes: list[Exception] = []  # what the platform did not foresee

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request meet its trouble."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        if body is None:
            return  # broken off on the way
        kept, trouble = Kept(scope, body), self.choose()
        match trouble:
            case Trouble.TWICE:
                await self._asked(kept)
            case Trouble.REPLAYED if self._seen:
                await self._asked(self._draw.choice(self._seen))
            case Trouble.DISK_FULL:
                self._room.refusals += 1
        answer = self._answer_instead(trouble, scope) or await self._asked(kept)
        if trouble is Trouble.BUSY_AFTERWARDS:
            answer = _plain(503, b"upstream closed")
        if trouble is Trouble.SHUFFLED and "/station/events" in scope["path"]:
            answer = self._shuffled(answer)
        self._seen.append(kept)
        self._room.refusals = 0
        for message in answer:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"date", self._date(0))]
            await send(message)

    def _date(self, ahead_s: float) -> bytes:
        return format_datetime(self._now() + timedelta(seconds=ahead_s), usegmt=True).encode()

    async def _asked(self, kept: Kept) -> list[Message]:
        """The answer of the platform itself."""
        messages: list[Message] = []
        parts = [{"type": "http.request", "body": kept.body, "more_body": False}]

        async def receive() -> Message:
            return parts.pop() if parts else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            messages.append(message)

        try:
            await self._app(dict(kept.scope), receive, send)
        except Exception as error:  # kept for the test to fail by; the station sees a 500
            self.crashes.append(error)
        return messages or _plain(500, b"")

    def _answer_instead(self, trouble: Trouble | None, scope: Scope) -> list[Message] | None:
        """What answers before the platform is asked; None where it is asked."""
        match trouble:
            case Trouble.BUSY:
                return _plain(503, b"upstream is away")
            case Trouble.TOO_MANY:
                return _plain(429, b"", (b"retry-after", self._draw.choice([b"0", b"2", b"120", self._date(30)])))
            case Trouble.TIME_REFUSED:
                return _problem("clock-skew", "the signature's time is refused")
            case Trouble.REFUSED_BY_NETWORK:
                return _plain(401, b"<html>sign in</html>", (b"content-type", b"text/html"))
            case Trouble.CONFLICT:
                return _problem("wrong-offset" if "/uploads" in scope["path"] else "other-record", "garbled on the way")
            case Trouble.TOO_LARGE:
                return _plain(413, b"")
            case Trouble.LOGIN_PAGE:
                return _plain(200, b"<html>welcome to the gym</html>", (b"content-type", b"text/html"))
        return None

    def _shuffled(self, answer: list[Message]) -> list[Message]:
        body = b"".join(message.get("body", b"") for message in answer)
        page = json.loads(body) if body.startswith(b"{") else {}
        if answer[0]["status"] != 200 or not page.get("events"):
            return answer
        events = page["events"] + self._draw.sample(page["events"], 1)
        self._draw.shuffle(events)
        return _plain(200, json.dumps({**page, "events": events}).encode(), (b"content-type", b"application/json"))


@dataclass
class Room:
    """How often the platform's disk will say that it is full."""

    refusals: int = 0

    def take(self) -> None:
        """OSError ENOSPC while there is no room."""
        if self.refusals > 0:
            raise OSError(errno.ENOSPC, "No space left on device")


class FullingStore:
    """An object store on a disk that is full now and then; what was half written is left for the store to clean."""

    def __init__(self, store: ObjectStore, room: Room) -> None:
        self._store = store
        self._room = room

    def put(self, key: str, pieces: Iterable[bytes]) -> None:
        self._store.put(key, self._as_far_as_it_goes(pieces))

    def _as_far_as_it_goes(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if self._room.refusals > 0:
                yield piece[: len(piece) // 2]
            self._room.take()
            yield piece

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class FullingDatabase:
    """A database on such a disk: the transaction is undone at its commit."""

    def __init__(self, database: Database, room: Room) -> None:
        self._database = database
        self._room = room

    @contextmanager
    def write(self, *locks: str) -> Iterator[Session]:
        with self._database.write(*locks) as session:
            yield session
            if self._room.refusals > 0:
                session.flush()
                raise OperationalError("COMMIT", None, sqlite3.OperationalError("database or disk is full"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


class FaultyServer:
    """A platform behind a faulty door, in a thread; `jump` moves its clock, and with it the `Date` of its answers."""

    def __init__(self, platform: Platform, draw: random.Random) -> None:
        self.jump = timedelta()
        self.room = Room()
        stores: dict[str, Any] = {
            "objects": FullingStore(platform.objects, self.room),
            "database": FullingDatabase(platform.database, self.room),
        }
        self.platform = replace(platform, now=self.now, **stores)
        self.door = FaultyDoor(create_app(self.platform), self.room, self.now, draw)
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.door, port=0, log_level="critical", access_log=False, date_header=False, lifespan="off", ws="none"
            )
        )
        self._thread = threading.Thread(target=self._server.run, name="faulty-platform", daemon=True)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.jump

    @property
    def port(self) -> int:
        port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return port

    def __enter__(self) -> FaultyServer:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the platform did not start"
            self._thread.join(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self.platform.close()


async def _whole(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _plain(status: int, body: bytes, *headers: tuple[bytes, bytes]) -> list[Message]:
    length = (b"content-length", str(len(body)).encode())
    return [
        {"type": "http.response.start", "status": status, "headers": [length, *headers]},
        {"type": "http.response.body", "body": body},
    ]


def _problem(code: str, detail: str) -> list[Message]:
    response = Refusal(code, detail).response()
    return [
        {"type": "http.response.start", "status": response.status_code, "headers": list(response.raw_headers)},
        {"type": "http.response.body", "body": bytes(response.body)},
    ]
