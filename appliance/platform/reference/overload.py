"""More requests than can be worked on: told at once when to come again, instead of being left to wait and be repeated.

Requests that wait longer than a station does are worked on for nobody, and come again: a fleet that returns from an outage could
keep a platform busy with that alone. Stations spread what comes after `Retry-After` by themselves. Slow uploads do not count;
they take no worker while they arrive.
"""

from __future__ import annotations

from collections.abc import Callable

from anyio.to_thread import current_default_thread_limiter
from starlette.types import ASGIApp, Receive, Scope, Send

from .problems import Refusal

_COME_AGAIN_S = 5


def waiting_for_a_worker() -> int:
    """How many requests of this process wait for one of its threads."""
    return current_default_thread_limiter().statistics().tasks_waiting


class Overload:
    """ASGI middleware: answers calls of the contract with 503 `unavailable` while more than `most` others wait."""

    def __init__(self, app: ASGIApp, most: int, waiting: Callable[[], int] = waiting_for_a_worker) -> None:
        self._app = app
        self._most = most
        self._waiting = waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say when to come again."""
        app = self._app
        if scope["type"] == "http" and scope["path"].startswith("/v1/") and (count := self._waiting()) > self._most:
            detail = f"{count} requests wait already; come again in {_COME_AGAIN_S} s"
            app = Refusal("unavailable", detail, headers={"Retry-After": str(_COME_AGAIN_S)}).response()
        await app(scope, receive, send)
