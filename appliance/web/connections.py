"""Connections as they are accepted and read: counted, and never waited for without end (slow-loris)."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from appliance.web.room import Room

HEADERS_WITHIN = 10.0  # seconds from the first byte of a request to the end of its headers
# Seconds after which somebody who acknowledges nothing is gone: a tablet carried out of the Wi-Fi's reach closes no connection, and
# by TCP's own patience (a quarter of an hour, tcp(7)) its page would count as open, and whoever was signed in there as present.
GONE_AFTER = 30.0
BODY_WITHIN = 90.0  # seconds for its body: a photo of 20 MB over a poor network


class CountedListener(socket.socket):
    """A listening socket whose connections are counted in `room`; one for which there is none is closed unheard."""

    room: Room

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection there is room for. Raises `BlockingIOError` when none waits, as any socket does."""
        while True:
            plain, address = super().accept()
            counted = _Counted(plain.family, plain.type, plain.proto, fileno=plain.detach())
            counted.room = self.room
            counted.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(GONE_AFTER * 1000))
            if self.room.enter(counted, str(address[0])):
                return counted, address
            with contextlib.suppress(OSError):
                counted.close()


class _Counted(socket.socket):
    """A connection that says when it is closed."""

    room: Room

    def close(self) -> None:
        """Close it, and make room."""
        self.room.leave(self)
        super().close()


def listen(host: str, port: int, room: Room) -> CountedListener:
    """A listening socket. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said to be TCP in so many words: only then asyncio sets TCP_NODELAY, without which each answer takes 40 ms.
    listener = CountedListener(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.room = room
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(error.errno or errno.EADDRINUSE, error.strerror) from error
    return listener


def patient(room: Room) -> type[H11Protocol]:
    """uvicorn's HTTP protocol with an end to its patience: headers and body must come within their time."""

    class Patient(H11Protocol):
        _phase: str | None = None
        _timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            room.greet(_under(transport))
            self._enter("headers")

        def connection_lost(self, exc: Exception | None) -> None:
            self._enter(None)
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            state = self.conn.their_state
            self._enter("headers" if state is h11.IDLE else "body" if state is h11.SEND_BODY else None)

        def _enter(self, phase: str | None) -> None:
            if phase == self._phase:
                return
            if self._timer is not None:
                self._timer.cancel()
            within = {"headers": HEADERS_WITHIN, "body": BODY_WITHIN}
            self._timer = None if phase is None else self.loop.call_later(within[phase], self.transport.abort)
            self._phase = phase

    return Patient


def _under(transport: asyncio.Transport) -> socket.socket:
    """The very socket below a transport, which gives out only a likeness of it."""
    shown = transport.get_extra_info("socket")
    found: socket.socket = getattr(shown, "_sock", shown)
    return found
