"""The page over the station's own address and certificate, by Python's own server."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from appliance.safe_mode.page import Shown, page, style
from appliance.safe_mode.ways_out import CodeLock, WaysOut

LARGEST_FORM = 4096  # bytes
SLOWEST_S = 10.0  # a request that takes longer is let go
MOST_AT_ONCE = 16
MOST_OF_ONE = 6  # of one address: whoever keeps connections open keeps out himself
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_WRONG = "安全码不对，或试得太多（请等一分钟） / wrong code, or too many tries (wait a minute)"
_RETRYING = "正在重新启动，约一分钟后刷新本页 / starting again: reload this page in about a minute"
_GOING_BACK = "正在退回上一版本，约两分钟后刷新本页 / going back: reload this page in about two minutes"


class Slots:
    """Who may be answered now: `MOST_AT_ONCE` requests, `MOST_OF_ONE` of one address. For several threads."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._guard = threading.Lock()

    def take(self, client: object) -> bool:
        """Whether there is one left for this `(host, port, ...)`; then it is taken."""
        with self._guard:
            free = self._taken.total() < MOST_AT_ONCE and self._taken[_host(client)] < MOST_OF_ONE
            if free:
                self._taken[_host(client)] += 1
            return free

    def give_back(self, client: object) -> None:
        """One that was taken for this address is free again."""
        with self._guard:
            self._taken[_host(client)] -= 1
            self._taken += Counter()  # those at nought are forgotten


def _host(client: object) -> str:
    return str(client[0]) if isinstance(client, tuple) else str(client)


class SafeServer(ThreadingHTTPServer):
    """Serves `shown()` until `shutdown`; `beat` is when it last went round, in seconds of the monotonic clock."""

    daemon_threads = True
    request_queue_size = 32

    def __init__(
        self,
        address: tuple[str, int],
        tls: tuple[Path, Path] | None,
        shown: Callable[[], Shown],
        lock: CodeLock,
        ways: WaysOut,
    ) -> None:
        super().__init__(address, _Handler)
        self.shown, self.lock, self.ways = shown, lock, ways
        self.beat = time.monotonic()
        self._slots = Slots()
        self._tls = None
        if tls is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*tls)

    def service_actions(self) -> None:
        """Called several times a second while it goes round."""
        self.beat = time.monotonic()

    def process_request(self, request: object, client_address: object) -> None:
        """One thread a request, a bounded number of them, and of each address."""
        if self._slots.take(client_address):
            super().process_request(request, client_address)  # type: ignore[arg-type]
        else:
            self.shutdown_request(request)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        """The handshake happens here, so that a slow one holds up nobody."""
        try:
            request.settimeout(SLOWEST_S)  # type: ignore[attr-defined]
            if self._tls is not None:
                request = self._tls.wrap_socket(request, server_side=True)  # type: ignore[arg-type]
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        except OSError:  # a broken handshake, or somebody who went away
            self.shutdown_request(request)  # type: ignore[arg-type]
        finally:
            self._slots.give_back(client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Somebody who went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: SafeServer
    server_version = "station"
    sys_version = ""
    timeout = SLOWEST_S

    def do_GET(self) -> None:
        if self.path == "/safe.css":
            self._send(HTTPStatus.OK, "text/css; charset=utf-8", style())
        elif self.path.startswith("/api/"):
            body = {"mode": "safe", "message": {"zh": "本机处于安全模式", "en": "the station is in safe mode"}}
            self._send(
                HTTPStatus.SERVICE_UNAVAILABLE, "application/json", json.dumps(body, ensure_ascii=False).encode()
            )
        else:
            self._page()

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_FORM:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "text/plain", b"")
            return
        form = parse_qs(self.rfile.read(int(length)).decode("utf-8", "replace"))
        origin = self.headers.get("Origin")
        if origin not in (None, f"https://{self.headers.get('Host')}", f"http://{self.headers.get('Host')}"):
            self._send(HTTPStatus.FORBIDDEN, "text/plain", b"")
        elif self.path == "/retry":
            self._page(told=_RETRYING)
            self.server.ways.retry()
        elif not self.server.lock.opens(form.get("code", [""])[0]):
            self._page(HTTPStatus.FORBIDDEN, told=_WRONG)
        elif self.path == "/logs":
            self._page(log=self.server.ways.log())
        elif self.path == "/support":
            self._download(self.server.ways.support())
        elif self.path == "/rollback":
            self.server.ways.roll_back()
            self._page(told=_GOING_BACK)
        else:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"")

    def _page(self, status: HTTPStatus = HTTPStatus.OK, *, told: str = "", log: list[str] | None = None) -> None:
        shown = self.server.shown()
        full = Shown(shown.failed, shown.reasons, shown.version, shown.previous, shown.minutes, told, log or ())
        self._send(status, "text/html; charset=utf-8", page(full))

    def _download(self, path: Path) -> None:
        body = path.read_bytes()
        path.unlink()
        self._send(
            HTTPStatus.OK, "application/gzip", body, {"Content-Disposition": f'attachment; filename="{path.name}"'}
        )

    def _send(self, status: HTTPStatus, kind: str, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(len(body)), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are no news."""
