"""How many connections may be open, by whom and for how long: strangers can fill the strangers' room, and no other.

A connection costs a file descriptor before anybody knows who opened it, and the station's files, cameras and database want
descriptors too. So connections are counted when the kernel hands them over, by address: addresses that paired tablets come
from have a room of their own, everybody else shares one, and what has not said within seconds what it wants is closed.
"""

from __future__ import annotations

import socket
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from appliance.web.buckets import Buckets, Rate

GREETED_WITHIN = 10.0  # seconds for TCP and the TLS handshake
STRANGER_STAYS = 60.0  # seconds a stranger's connection may live: the page and a pairing need one
STRANGER_EACH, STRANGERS = 24, 128  # connections of one strange address, and of all of them
NEW_EACH, NEW_STRANGERS = Rate(48, 8), Rate(160, 40)  # new connections: each costs a TLS handshake's computing
TABLET_EACH = 64  # of an address that a paired tablet comes from: some pages, each with events and picture
_TABLETS = 64  # such addresses remembered
HERE = frozenset({"127.0.0.1", "::1"})  # programs on this machine


@dataclass(slots=True)
class _Open:
    """One connection: whose, since when, and whether its handshake is over."""

    address: str
    since: float
    greeted: bool = False


class Room:
    """Counts connections; `monotonic` is the clock. Safe to use from several threads."""

    def __init__(self, monotonic: Callable[[], float], refused: Callable[[str, str], None]) -> None:
        self._monotonic, self._refused = monotonic, refused
        self._lock = threading.Lock()
        self._new = Buckets(monotonic)
        self._open: dict[socket.socket, _Open] = {}
        self._by_address: Counter[str] = Counter()
        self._tablets: OrderedDict[str, None] = OrderedDict()

    def trust(self, address: str) -> None:
        """A paired tablet comes from there."""
        with self._lock:
            self._tablets[address] = None
            self._tablets.move_to_end(address)
            if len(self._tablets) > _TABLETS:
                self._tablets.popitem(last=False)

    def enter(self, connection: socket.socket, address: str) -> bool:
        """Whether there is room for one more from `address`; then it is counted until `leave`."""
        with self._lock:
            full = self._is_full(address)
            if not full:
                self._open[connection] = _Open(address, self._monotonic())
                self._by_address[address] += 1
        if full:
            self._refused("no-room", address)
        return not full

    def leave(self, connection: socket.socket) -> None:
        """It was closed."""
        with self._lock:
            kept = self._open.pop(connection, None)
            if kept is None:
                return
            self._by_address[kept.address] -= 1
            if not self._by_address[kept.address]:
                del self._by_address[kept.address]

    def greet(self, connection: socket.socket) -> None:
        """Its handshake is over."""
        with self._lock:
            kept = self._open.get(connection)
            if kept is not None:
                kept.greeted = True

    def overdue(self) -> list[tuple[socket.socket, str]]:
        """Connections that were given their time, with their addresses."""
        now = self._monotonic()
        with self._lock:
            return [(found, kept.address) for found, kept in self._open.items() if self._is_late(kept, now)]

    def close_overdue(self) -> None:
        """End them; whoever serves them sees the end of the line."""
        for connection, address in self.overdue():
            self._refused("too-slow", address)
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other side was faster
                self.leave(connection)

    def _is_full(self, address: str) -> bool:
        if address in HERE:
            return False
        mine = self._by_address[address]
        if address in self._tablets:
            return mine >= TABLET_EACH
        strangers = sum(n for found, n in self._by_address.items() if found not in HERE and found not in self._tablets)
        if mine >= STRANGER_EACH or strangers >= STRANGERS:
            return True
        return not (self._new.take(address, NEW_EACH) and self._new.take("strangers", NEW_STRANGERS))

    def _is_late(self, kept: _Open, now: float) -> bool:
        if kept.address in HERE:
            return False
        age = now - kept.since
        if not kept.greeted:
            return age > GREETED_WITHIN
        return kept.address not in self._tablets and age > STRANGER_STAYS
