"""Attacks on the server's patience: connections, headers, streams. Each fails when the tablet had to suffer."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import time
from collections.abc import Iterator

from laptop import Laptop, status_of
from stage import TABLET, Stage
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from appliance.web.connections import HEADERS_WITHIN
from appliance.web.door import MOST_PAGES
from appliance.web.room import STRANGERS

_KNOCKS = 240


def without_tls(stage: Stage) -> str:
    """Plain HTTP at the TLS port."""
    with stage.laptop.plain() as connection:
        connection.sendall(b"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        connection.settimeout(20)
        answer = b""
        with contextlib.suppress(OSError):
            while piece := connection.recv(4096):
                answer += piece
    assert not answer.startswith(b"HTTP/"), answer
    return "closed, no answer"


def oversized_requests(stage: Stage) -> str:
    """Headers and bodies beyond every limit, announced and not."""
    host = b"Host: 127.0.0.1\r\n"
    answers = [
        stage.laptop.raw(b"GET /api/health HTTP/1.1\r\n" + host + b"X: " + b"a" * 200_000 + b"\r\n\r\n"),
        stage.laptop.raw(b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + host + b"\r\n"),
        stage.laptop.raw(b"GET /api/health HTTP/1.1\r\n" + host + b"A: b\r\n" * 20_000 + b"\r\n"),
    ]
    assert {status_of(answer) for answer in answers} <= {0, 400, 431}, answers
    announced = (
        b"POST /api/pairing HTTP/1.1\r\n"
        + host
        + b"Content-Type: application/json\r\nContent-Length: 900000000\r\n\r\n"
    )
    assert status_of(stage.laptop.raw(announced)) == 413
    with stage.tablet() as tablet:
        nested = tablet.post("/api/visit/code", content=b"[" * 200_000, headers={"Content-Type": "application/json"})
        assert nested.status_code in {400, 422}
    return "400, 413; never read"


def slow_loris(stage: Stage) -> str:
    """Many connections that never finish: some silent before TLS, some in the middle of their headers, from many addresses."""
    held: list[socket.socket] = []
    turned_away = 0
    begun = time.monotonic()
    try:
        for number in range(_KNOCKS):
            laptop = Laptop(stage.laptop.url, stage.laptop.trust, f"127.0.4.{number % 40 + 1}")
            try:
                connection = laptop.plain(timeout=3.0)
                if number % 2:
                    connection = stage.laptop.trust.wrap_socket(connection, server_hostname=laptop.host)
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
                held.append(connection)
            except (OSError, ssl.SSLError):
                turned_away += 1
            if number % 60 == 0:
                stage.the_visit_goes_on()
        stage.the_visit_goes_on()
        open_files = stage.open_connections()
        assert open_files <= STRANGERS + 20, f"{open_files} connections are open"
        time.sleep(max(0.0, HEADERS_WITHIN + 3 - (time.monotonic() - begun)))
        stage.the_visit_goes_on()
        end = time.monotonic() + 20
        while stage.open_connections() > 30 and time.monotonic() < end:
            time.sleep(0.2)
        assert stage.open_connections() <= 30, "slow connections were not closed"
    finally:
        for connection in held:
            connection.close()
    return f"{_KNOCKS} knocks: at most {open_files} open, all closed after {HEADERS_WITHIN:.0f} s"


def streams_without_end(stage: Stage) -> str:
    """A paired tablet that opens pages without end: events and live pictures."""
    refused = 0
    with contextlib.ExitStack() as open_ones, stage.tablet() as tablet:
        for _ in range(MOST_PAGES + 5):
            answer = open_ones.enter_context(tablet.stream("GET", "/api/events"))
            refused += answer.status_code == 429
        assert refused == 5
        sockets = 0
        for _ in range(MOST_PAGES + 5):
            with contextlib.suppress(WebSocketException):
                open_ones.enter_context(_preview(stage))
                sockets += 1
        assert sockets == MOST_PAGES
        stage.the_visit_goes_on()
    return f"{MOST_PAGES} of each, then 429 and 1013"


@contextlib.contextmanager
def _preview(stage: Stage) -> Iterator[None]:
    with connect(
        stage.laptop.url.replace("https", "wss") + "/api/preview",
        ssl=stage.laptop.trust,
        additional_headers={"Cookie": stage.cookie, "User-Agent": stage.agent},
        user_agent_header=None,
        source_address=(TABLET, 0),
    ) as opened:
        opened.send(json.dumps({"after": -1}))
        opened.recv(timeout=10)
        yield


ATTACKS = (without_tls, oversized_requests, slow_loris, streams_without_end)
