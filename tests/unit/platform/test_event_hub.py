"""Many long polls of one process: few questions to the database, everybody woken for their own events only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from own_loop import run

from appliance.platform.reference import event_hub
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.event_hub import EventHub
from appliance.platform.reference.events import read_events, tell


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    made = Platform.at(PlatformSettings(tmp_path))
    yield made
    made.close()


def speak(platform: Platform, station_id: str) -> int:
    with platform.database.write() as session:
        tell(platform, session, station_id, "order", {})
    return int(read_events(platform, station_id, "").cursor)


class Counting:
    """A database that counts how often it is read."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.reads = 0

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def read(self) -> Iterator[Any]:
        self.reads += 1
        with self._database.read() as session:
            yield session


async def waited(hub: EventHub, station_id: str, after: int, seconds: float) -> float:
    begun = time.monotonic()
    await hub.wait(station_id, after, seconds)
    return time.monotonic() - begun


def played(hub: EventHub, scene: Any) -> Any:
    async def play() -> Any:
        running = asyncio.create_task(hub.run())
        try:
            return await scene
        finally:
            running.cancel()

    return run(play())


def test_who_waits_is_woken_by_their_own_event_and_nobody_else(platform: Platform) -> None:
    async def scene() -> list[float]:
        polls = [asyncio.create_task(waited(hub, *one)) for one in (("st-1", 0, 30.0), ("st-2", 0, 1.5))]
        await asyncio.sleep(0.2)
        await asyncio.to_thread(speak, platform, "st-1")
        return [await poll for poll in polls]

    hub = EventHub(platform, look_s=0.02)
    woken, slept = played(hub, scene())
    assert woken < 25.0
    assert slept >= 1.5


def test_an_event_kept_before_anybody_waited_wakes_at_once_and_an_acknowledged_one_does_not(platform: Platform) -> None:
    number = speak(platform, "st-1")

    async def scene() -> tuple[float, float]:
        return await waited(hub, "st-1", number - 1, 30.0), await waited(hub, "st-1", number, 0.3)

    hub = EventHub(platform, look_s=0.02)
    woken, slept = played(hub, scene())
    assert woken < 25.0
    assert slept >= 0.3


def test_a_thousand_polls_cost_as_much_as_one(platform: Platform) -> None:
    counting = Counting(platform.database)
    object.__setattr__(platform, "database", counting)

    async def scene() -> None:
        await asyncio.gather(*(hub.wait(f"st-{number}", 0, 1.0) for number in range(1000)))
        quiet = counting.reads
        await asyncio.sleep(0.3)
        assert counting.reads - quiet <= 1, "nobody waits: nobody asks"

    hub = EventHub(platform, look_s=0.1)
    played(hub, scene())
    assert 1 <= counting.reads <= 30


def test_what_was_numbered_early_and_kept_late_is_still_found(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = EventHub(platform)
    now = [1000.0]
    monkeypatch.setattr(event_hub.time, "monotonic", lambda: now[0])
    assert hub._floor() == 0
    hub._heights.extend([(1000.0, 7), (1001.0, 9)])
    assert hub._floor() == 0, "7 was there a moment ago only: 6 may still come"
    now[0] = 1010.5
    assert hub._floor() == 7
    now[0] = 1020.0
    assert hub._floor() == 9


def test_a_database_that_fails_is_asked_again(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_hub, "_FAILED_S", 0.05)
    hub, real = EventHub(platform, look_s=0.02), EventHub._newest
    failures = iter([OSError("gone")])

    def failing(self: EventHub, floor: int) -> dict[str, int]:
        for error in failures:
            raise error
        return real(self, floor)

    monkeypatch.setattr(EventHub, "_newest", failing)
    speak(platform, "st-1")
    assert played(hub, waited(hub, "st-1", 0, 30.0)) < 25.0
