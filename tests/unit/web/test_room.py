"""Connections are counted by who has them: strangers fill their own room only, and what stays silent is closed."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from appliance.web import room as rooms
from appliance.web.connections import listen
from appliance.web.door import LEFT_AFTER
from appliance.web.room import GREETED_WITHIN, STRANGER_EACH, STRANGER_STAYS, STRANGERS, TABLET_EACH, Room
from appliance.web.routers.state import HEARTBEAT


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def refused() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def room(ticks: Ticks, refused: list[tuple[str, str]]) -> Room:
    return Room(ticks, lambda kind, address: refused.append((kind, address)))


@pytest.fixture
def sockets() -> Iterator[list[socket.socket]]:
    opened: list[socket.socket] = []
    yield opened
    for one in opened:
        one.close()


def knock(room: Room, sockets: list[socket.socket], address: str) -> bool:
    sockets.append(socket.socket())
    return room.enter(sockets[-1], address)


def test_one_stranger_has_few_and_all_together_have_a_limit(
    room: Room, sockets: list[socket.socket], ticks: Ticks, refused: list[tuple[str, str]]
) -> None:
    assert sum(knock(room, sockets, "10.0.0.1") for _ in range(STRANGER_EACH + 5)) == STRANGER_EACH
    assert refused == [("no-room", "10.0.0.1")] * 5
    came = 0
    for number in range(2, 250):
        ticks.now += 0.1  # not faster than handshakes may come
        came += knock(room, sockets, f"10.0.0.{number}")
    assert came == STRANGERS - STRANGER_EACH


def test_a_tablet_finds_room_though_strangers_fill_theirs(
    room: Room, sockets: list[socket.socket], ticks: Ticks
) -> None:
    room.trust("10.0.0.7")
    for number in range(2, 250):
        ticks.now += 0.1
        knock(room, sockets, f"10.1.0.{number}")
    assert not knock(room, sockets, "10.2.0.1")
    assert sum(knock(room, sockets, "10.0.0.7") for _ in range(TABLET_EACH + 9)) == TABLET_EACH
    assert all(knock(room, sockets, "127.0.0.1") for _ in range(200))  # programs on this machine


def test_a_closed_connection_makes_room(room: Room, sockets: list[socket.socket]) -> None:
    for _ in range(STRANGER_EACH):
        knock(room, sockets, "10.0.0.1")
    room.leave(sockets[0])
    room.leave(sockets[0])
    assert knock(room, sockets, "10.0.0.1")
    assert not knock(room, sockets, "10.0.0.1")


def test_handshakes_come_no_faster_than_they_can_be_computed(room: Room, sockets: list[socket.socket]) -> None:
    came = 0
    for _ in range(300):
        came += knock(room, sockets, "10.0.0.1")
        room.leave(sockets[-1])
    assert came == rooms.NEW_EACH.burst


def test_the_silent_go_first_strangers_later_tablets_never(
    room: Room, sockets: list[socket.socket], ticks: Ticks
) -> None:
    room.trust("10.0.0.7")
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.7"):
        knock(room, sockets, address)
    for greeting in sockets[1:]:
        room.greet(greeting)
    ticks.now = GREETED_WITHIN + 1
    assert room.overdue() == [(sockets[0], "10.0.0.1")]
    ticks.now = STRANGER_STAYS + 1
    assert [address for _, address in room.overdue()] == ["10.0.0.1", "10.0.0.2"]


def test_a_listener_closes_what_there_is_no_room_for(ticks: Ticks, refused: list[tuple[str, str]]) -> None:
    small = Room(ticks, lambda kind, address: refused.append((kind, address)))
    with listen("127.0.0.1", 0, small) as listener:
        listener.listen()
        listener.settimeout(5)
        clients = [
            socket.create_connection(listener.getsockname(), 5, ("127.0.0.9", 0)) for _ in range(STRANGER_EACH + 1)
        ]
        accepted = [listener.accept()[0] for _ in range(STRANGER_EACH)]
        patience = accepted[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) / 1000
        assert HEARTBEAT < patience < LEFT_AFTER  # who was carried away in silence is noticed
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()
        clients[-1].settimeout(5)
        assert clients[-1].recv(1) == b""
        accepted.pop().close()
        last = socket.create_connection(listener.getsockname(), 5, ("127.0.0.9", 0))
        assert listener.accept()[0].close() is None
        for one in (*clients, *accepted, last):
            one.close()
    assert refused == [("no-room", "127.0.0.9")]
