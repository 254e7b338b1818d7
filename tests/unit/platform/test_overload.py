"""A platform with more to do than it can says when to come again; a station waits that long, and a little of its own."""

from __future__ import annotations

import httpx2
import pytest
from own_loop import run
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from appliance.platform.answers import check
from appliance.platform.errors import PlatformBusy
from appliance.platform.reference.overload import Overload, waiting_for_a_worker


async def works(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("done")(scope, receive, send)


def ask(waiting: int, path: str = "/v1/captures/x") -> httpx2.Response:
    async def once() -> httpx2.Response:
        transport = httpx2.ASGITransport(Overload(works, most=3, waiting=lambda: waiting))
        async with httpx2.AsyncClient(transport=transport, base_url="http://platform") as client:
            return await client.get(path)

    return run(once())


def test_what_can_be_worked_on_is() -> None:
    assert ask(3).text == "done"


def test_more_than_that_is_asked_to_come_again() -> None:
    answer = ask(4)
    with pytest.raises(PlatformBusy) as busy:
        check(answer)
    assert busy.value.retry_after == 5
    assert answer.json()["message"]["zh"]


def test_pages_and_metrics_stay_to_be_looked_at() -> None:
    assert ask(4, "/metrics").text == "done"


def test_at_rest_nobody_waits_for_a_worker() -> None:
    async def look() -> int:
        return waiting_for_a_worker()

    assert run(look()) == 0
