"""Serves a composed station over HTTP until told to stop, and says where it is."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvicorn

from appliance.certificates import ensure, host_names, tls_files
from appliance.health.policy import Ending
from appliance.ledger.files import write_durably
from appliance.settings import Settings
from appliance.station import Station
from appliance.supervision import Pulse, Supervisor, Watchdog
from appliance.thread_names import tell_the_kernel
from appliance.web.bounds import HEAD_LIMIT
from appliance.web.connections import listen, patient
from appliance.web.parts import Parts
from appliance.web.people import People
from appliance.web.room import Room
from firmware.claim import Claim
from firmware.ports import DeviceUnavailable

log = structlog.get_logger(__name__)

ADDRESS_FILE = "station.url"
LOCK_FILE = "station.lock"
LOOP_LIMIT = 10.0  # seconds the event loop may stand still before the watchdog is no longer fed
LONGEST_MESSAGE = 4096  # bytes of a page's message over the websocket: it only says which frame it has
STOP_SECONDS = 2  # for requests in flight, once asked to stop


class StationRunning(RuntimeError):
    """Another station runs on the same data folder."""


class AddressTaken(OSError):
    """Another program listens on the station's port."""


def serve(
    station: Station, settings: Settings, announce: Path | None = None, told: Callable[[], None] = lambda: None
) -> Ending:
    """Start, serve, stop. Once requests are answered, the address is in `ADDRESS_FILE` of the data folder, for programs on this
    machine, and `announce`, if given, gets `{"url", "pairing_code"}`, and
    `setup_code` while nobody may sign in yet; then `told` is called.

    Returns why it ended. Raises `AddressTaken`, `CertificateUnusable`, `StationRunning`.
    """
    running = alone(settings.data_dir)
    app = station.app()
    try:
        listener = _listen(settings.host, settings.port, app.state.room)
    except AddressTaken:
        running.release()
        raise
    host, port = listener.getsockname()[:2]
    url = f"{'https' if settings.https else 'http'}://{_reachable(host)}:{port}"
    tls = tls_files(settings.data_dir / "keys")
    if settings.https and ensure(tls.certificate.parent, host_names(settings.name), datetime.now(UTC)):
        log.info("tls.certificate_made", authority=str(tls.authority))
    address = settings.data_dir / ADDRESS_FILE
    supervisor = Supervisor()
    supervisor.status("starting devices")
    watchdog: Watchdog | None = None

    def ready() -> None:
        _announce(url, station.parts, address, announce)
        supervisor.ready(f"serving {url}")
        if watchdog is not None:
            watchdog.start()
        tell_the_kernel()
        told()

    station.start()
    try:
        server = _Server(
            uvicorn.Config(
                app,
                http=patient(app.state.room),
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # nobody stands in front: who asks is who connects, whatever a header says
                ws="websockets-sansio",
                ws_max_size=LONGEST_MESSAGE,
                h11_max_incomplete_event_size=HEAD_LIMIT,
                ssl_certfile=tls.certificate if settings.https else None,
                ssl_keyfile=tls.key if settings.https else None,
                timeout_graceful_shutdown=STOP_SECONDS,
            ),
            ready,
            station.hub.close,
        )
        station.wellbeing.ends_with(server.end)
        watchdog = Watchdog(supervisor, (*station.pulses(), Pulse("event loop", lambda: server.beat, LOOP_LIMIT)))
        with _returning():
            server.run(sockets=[listener])
    finally:
        supervisor.stopping()
        if watchdog is not None:
            watchdog.stop()
        address.unlink(missing_ok=True)
        station.stop()
        listener.close()
        running.release()
    return station.wellbeing.ending


@contextmanager
def _returning() -> Iterator[None]:
    """Have the server return when it is asked to stop: it raises the signal again once it has stopped, and by default that would
    end the process at once, before devices are stopped and dark. Only the main thread has signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def alone(data_dir: Path) -> Claim:
    """The data folder, held until released. Raises `StationRunning`."""
    lock = data_dir / LOCK_FILE
    lock.touch(mode=0o600)
    try:
        return Claim(lock, "station")
    except DeviceUnavailable as error:
        msg = f"another station runs on {data_dir}: stop it first, or name another folder with --data"
        raise StationRunning(msg) from error


def _reachable(host: str) -> str:
    """Where programs on this machine find a station that listens on `host`."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"[{local}]" if ":" in local else local


def _listen(host: str, port: int, room: Room) -> socket.socket:
    try:
        return listen(host, port, room)
    except OSError as error:
        msg = f"cannot listen on {host}:{port} ({error.strerror}): is another station running? choose another --port"
        raise AddressTaken(error.errno, msg) from error


def _announce(url: str, parts: Parts, address: Path, file: Path | None) -> None:
    # Only while nobody is listed: afterwards the code opens nothing, and is not shown.
    setup = {} if People(parts.ledger).all() else {"setup_code": parts.setup_code}
    # In groups: a run of eight digits is cut from the log, as numbers of people are.
    grouped = {key: f"{code[:4]} {code[4:]}" for key, code in setup.items()}
    log.info("station.ready", url=url, pairing_code=parts.pairing_code, **grouped)
    write_durably(address, url.encode())
    if file is not None:
        write_durably(file, json.dumps({"url": url, "pairing_code": parts.pairing_code, **setup}).encode())


class _Server(uvicorn.Server):
    """uvicorn that says when it answers, and ends the endless streams when asked to stop."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], let_go: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._let_go = let_go
        self.beat = time.monotonic()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, then the announcement."""
        await super().startup(sockets)
        self._ready()

    def end(self) -> None:
        """Stop as if asked to by SIGTERM; may be called from any thread."""
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second while the event loop goes round."""
        self.beat = time.monotonic()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Streams first, else uvicorn would wait for them."""
        self._let_go()
        await super().shutdown(sockets)
