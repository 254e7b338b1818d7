"""A random schedule's station: a disk that is full now and then, a process that dies at a call, waits that take no time."""

from __future__ import annotations

import functools
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from appliance.ledger.store import Ledger
from appliance.outbox.backoff import Backoff
from appliance.outbox.link import Link
from appliance.outbox.worker import OutboxWorker, Waits
from appliance.platform.client import PlatformClient

_AT_ONCE = Backoff(0.0, 0.0)


@functools.cache
def _trust() -> ssl.SSLContext:
    """One for all clients: reading the authorities anew for each took a fifth of a schedule."""
    return httpx2.create_ssl_context()


class Died(BaseException):
    """The delivery process was killed at this very call."""


class FullLedger(Ledger):
    """A ledger whose disk is full for the next `refusals` commits."""

    refusals = 0

    @contextmanager
    def session(self) -> Iterator[Session]:
        with super().session() as session:
            yield session
            if self.refusals > 0:
                self.refusals -= 1
                session.flush()
                raise OperationalError("COMMIT", None, sqlcipher.OperationalError("database or disk is full"))


class ImpatientWorker:
    """A delivery worker that waits for nothing but what the platform asks for, and that on a clock which is moved."""

    def __init__(self, ledger: Ledger, client: PlatformClient, stopping: Skipping, piece: int) -> None:
        waits = Waits(_AT_ONCE, _AT_ONCE, _AT_ONCE)
        self._worker = OutboxWorker(ledger, client, Link(ledger), stopping, waits=waits)
        self._worker._delivery.size.bytes = piece
        self.step = self._worker.step

    def close(self) -> None:
        self._worker._changes.close()


class Skipping(threading.Event):
    """Waiting takes no time: the boot clock is moved instead."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        super().__init__()
        self._sleep = sleep

    def wait(self, timeout: float | None = None) -> bool:
        self._sleep(timeout or 0.0)
        return self.is_set()


class Mortal(httpx2.BaseTransport):
    """The client's own transport, at whose calls its process may be killed: before the request, or before the answer is read."""

    def __init__(self, dies: Callable[[], bool]) -> None:
        self._dies = dies
        self._inner = httpx2.HTTPTransport(verify=_trust())

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._dies():
            raise Died
        response = self._inner.handle_request(request)
        if self._dies():
            response.close()
            raise Died
        return response

    def close(self) -> None:
        self._inner.close()
