"""The student's laptop: an address of its own on this machine's loopback, raw sockets, and a client that trusts the station."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2


class Laptop:
    """Speaks to the station at `url` from `address` (127.0.0.0/8: no packet leaves this machine)."""

    def __init__(self, url: str, trust: ssl.SSLContext, address: str = "127.0.0.66") -> None:
        self.url, self.trust, self.address = url, trust, address
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 443

    def http(self, cookie: str | None = None, address: str | None = None) -> httpx2.Client:
        """A client; `cookie` is a whole Cookie header."""
        transport = httpx2.HTTPTransport(local_address=address or self.address, verify=self.trust)
        headers = {} if cookie is None else {"Cookie": cookie}
        return httpx2.Client(base_url=self.url, transport=transport, headers=headers, timeout=20.0)

    def plain(self, timeout: float = 20.0) -> socket.socket:
        """A TCP connection without TLS."""
        return socket.create_connection((self.host, self.port), timeout, source_address=(self.address, 0))

    @contextlib.contextmanager
    def tls(self) -> Iterator[ssl.SSLSocket]:
        """A TLS connection for bytes of one's own making."""
        with self.trust.wrap_socket(self.plain(), server_hostname=self.host) as wrapped:
            yield wrapped

    def raw(self, request: bytes) -> bytes:
        """What the station answers to these very bytes, until it closes or is silent."""
        answer = b""
        with self.tls() as connection, contextlib.suppress(OSError):
            connection.settimeout(8.0)
            connection.sendall(request)
            while piece := connection.recv(65536):
                answer += piece
                if b"\r\n\r\n" in answer and b"connection: close" not in answer.lower():
                    break
        return answer


def status_of(answer: bytes) -> int:
    """The status of a raw answer; 0 for none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0
