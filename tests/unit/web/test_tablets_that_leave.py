"""A tablet that leaves takes nobody's name with it: whoever was signed in there is signed out, after a restart too."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlmodel import select
from starlette.requests import HTTPConnection
from web_station import PAIRING_CODE, PIN, HandClock, WebStation

from appliance.ledger.tables import JournalRow
from appliance.web.access import COOKIE, Access
from appliance.web.door import LEFT_AFTER, Door


@pytest.fixture
def opened(web_station: WebStation) -> Callable[[], Door]:
    """Another start of the station's door over the same ledger."""

    def start() -> Door:
        clock = web_station.clock
        parts: Any = SimpleNamespace(ledger=web_station.ledger, clock=clock, sign_out_s=900.0, conductor=None)
        return Door(parts, Access(web_station.ledger, PAIRING_CODE, clock.monotonic), lambda _topic: None)

    return start


def page_of(door: Door) -> HTTPConnection:
    """A page of a newly paired tablet, with somebody signed in at it."""
    scope: dict[str, Any] = {"type": "http", "scheme": "http", "headers": [], "client": ("10.42.0.7", 1)}
    stranger = HTTPConnection(scope)
    token = door._access.pair(stranger, door._access.codes.issue())
    page = HTTPConnection(scope | {"headers": [(b"cookie", f"{COOKIE}={token}".encode())]})
    person = next(iter(door.people.all()), None) or door.people.add("王工", "technician", PIN)
    door.sessions.open(door.tablet(page), person)
    return page


def signed_out(station: WebStation) -> list[str]:
    """Why, of each in the journal."""
    with station.ledger.reading() as session:
        rows = session.exec(select(JournalRow).where(JournalRow.event == "operator.signed_out")).all()
    return [json.loads(row.body)["why"] for row in rows]


def wait(door: Door, seconds: float) -> None:
    cast("HandClock", door._parts.clock).now += seconds
    door.look()


def test_whose_last_page_closed_is_signed_out_unless_one_opens_soon(
    web_station: WebStation, opened: Callable[[], Door]
) -> None:
    door = opened()
    page = page_of(door)
    with door.watching(page):
        wait(door, LEFT_AFTER + 1)
        assert door.session(page)["operator"] is not None
    wait(door, LEFT_AFTER - 1)
    with door.watching(page):  # reloaded, or the Wi-Fi was away for a moment
        wait(door, LEFT_AFTER + 1)
        assert door.session(page)["operator"] is not None
    wait(door, LEFT_AFTER + 1)
    assert door.session(page)["operator"] is None
    assert signed_out(web_station) == ["left"]


def test_who_does_not_come_back_after_a_restart_has_left(web_station: WebStation, opened: Callable[[], Door]) -> None:
    first = opened()
    left, stayed = page_of(first), page_of(first)
    again = opened()
    with again.watching(stayed):
        wait(again, LEFT_AFTER - 1)
        assert again.session(left)["operator"] is not None
        wait(again, 2)
        assert again.session(left)["operator"] is None
        assert again.session(stayed)["operator"] is not None
    assert signed_out(web_station) == ["left"]
