from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from own_loop import run

from appliance.web.hub import BACKLOG, Event, Hub

T = TypeVar("T")


async def within(work: Coroutine[Any, Any, T], seconds: float = 5.0) -> T:
    return await asyncio.wait_for(work, seconds)


async def nothing(_number: int) -> dict[str, int]:
    return {}


async def collect(hub: Hub, count: int) -> list[Event]:
    found: list[Event] = []
    async for event in hub.stream(nothing, heartbeat=5):
        assert event is not None
        found.append(event)
        if len(found) == count:
            break
    return found


def test_a_snapshot_comes_first_then_every_event_in_order_whichever_thread_sent_it() -> None:
    async def play() -> list[Event]:
        hub = Hub()
        hub.bind(asyncio.get_running_loop())
        hub.publish("visit", "before anybody listened")
        task = asyncio.create_task(collect(hub, 21))
        await asyncio.sleep(0.01)
        thread = threading.Thread(target=lambda: [hub.publish("visit", n) for n in range(20)])
        thread.start()
        found = await asyncio.wait_for(task, 5)
        thread.join()
        return found

    found = run(play())
    assert found[0].topic == "snapshot"
    assert [event.sequence for event in found] == list(range(1, 22))
    assert [event.data for event in found[1:]] == list(range(20))


def test_a_client_that_cannot_keep_up_is_let_go() -> None:
    async def play() -> int:
        hub = Hub()
        hub.bind(asyncio.get_running_loop())
        stream = hub.stream(nothing, heartbeat=5)
        await anext(stream)
        for number in range(BACKLOG + 5):
            hub.publish("visit", number)
        await asyncio.sleep(0.05)
        return len([event async for event in stream])

    assert run(play()) == 0


def test_silence_is_broken_by_heartbeats() -> None:
    async def play() -> Event | None:
        hub = Hub()
        hub.bind(asyncio.get_running_loop())
        stream = hub.stream(nothing, heartbeat=0.01)
        await anext(stream)
        beat = await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        return beat

    assert run(play()) is None


def test_closing_ends_every_stream() -> None:
    async def play() -> int:
        hub = Hub()
        hub.bind(asyncio.get_running_loop())
        stream = hub.stream(nothing, heartbeat=5)
        await anext(stream)
        hub.close()
        return len([event async for event in stream])

    assert run(within(play())) == 0


def test_publishing_after_the_loop_closed_harms_nobody() -> None:
    hub = Hub()

    async def bind() -> None:
        hub.bind(asyncio.get_running_loop())

    run(bind())
    hub.publish("visit", 1)
    assert hub.sequence == 1


def test_what_changes_while_the_snapshot_is_taken_is_not_lost() -> None:
    async def play() -> list[tuple[int, str]]:
        hub = Hub()
        hub.bind(asyncio.get_running_loop())

        async def slow(_number: int) -> dict[str, int]:
            hub.publish("visit", "meanwhile")
            await asyncio.sleep(0.01)
            return {}

        stream = hub.stream(slow, heartbeat=5)
        first, second = await anext(stream), await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        assert first is not None
        assert second is not None
        return [(first.sequence, first.topic), (second.sequence, second.topic)]

    assert run(within(play())) == [(0, "snapshot"), (1, "visit")]
