"""The outbox as a process: waits for enrolment, runs worker, receiver and errands, stops within two seconds."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import httpx2
from sqlalchemy.exc import SQLAlchemyError

from appliance.ledger.store import Ledger
from appliance.ledger.tables import DeliveryKind
from appliance.outbox.bell import Bell
from appliance.outbox.controls import Controls, is_paused
from appliance.outbox.errands import Errands
from appliance.outbox.leases import LARGE, SMALL
from appliance.outbox.link import Link
from appliance.outbox.memory import keep_little
from appliance.outbox.progress import Progress
from appliance.outbox.receiver import Receiver
from appliance.outbox.revocation import heed
from appliance.outbox.stopped import Standing
from appliance.outbox.worker import LOOK_S, OutboxWorker, Waits
from appliance.platform.client import PlatformClient
from appliance.platform.identity import PLATFORM_FILE, NotEnrolled, StationIdentity
from appliance.supervision import Pulse, Supervisor, Watchdog

log = logging.getLogger(__name__)

# Plain logging: structlog alone would take a fifth of this process's memory.
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
KEYS = "keys"
ROSTERS = "rosters"
_LOOK_S = 0.25
_STANDS_STILL_S = 20.0
_AFTER_CRASH_S = 5.0
_ORIGINALS_LOOK_S = 0.5  # they take their time anyway, and every look costs
_BESIDE_LOOK_S = 1.0
_FINISH_S = 0.9  # for the request in flight; one that takes longer is broken off, and repeated after the next start


class OutboxProcess:
    """Everything between the ledger of one data folder and its platform. `run` blocks until `stop`."""

    def __init__(
        self, ledger: Ledger, *, version: str, waits: Waits | None = None, beat: Callable[[], None] = lambda: None
    ) -> None:
        """`beat` is called several times a second while both threads live."""
        self._beat = beat
        self._ledger = ledger
        self._version = version
        self._waits = waits
        self._keys = ledger.data_dir / KEYS
        self._rosters = ledger.data_dir / ROSTERS
        self._stop = threading.Event()

    def stop(self) -> None:
        """End `run` soon; may be called from a signal handler or another thread."""
        self._stop.set()

    def run(self) -> None:
        """Deliver and receive until stopped; a new enrolment is taken up without a restart."""
        link = Link(self._ledger)
        while not self._stop.is_set():
            stamp = _stamp(self._keys)
            identity = self._identity(link)
            if identity is None:
                self._beat()
                self._stop.wait(_LOOK_S)
                continue
            log.info("delivering to %s as %s", identity.base_url, identity.station_id)
            self._deliver_as(identity, link, stamp)

    def _identity(self, link: Link) -> StationIdentity | None:
        try:
            return StationIdentity.load(self._keys)
        except (NotEnrolled, ValueError) as error:
            link.failed(str(error))
            return None

    def _deliver_as(self, identity: StationIdentity, link: Link, stamp: int) -> None:
        ended = threading.Event()
        trust = httpx2.create_ssl_context()  # one for all: each costs a megabyte
        small, large, beside, receiving, asking = clients = [PlatformClient(identity, verify=trust) for _ in range(5)]
        progress, bell = Progress(self._ledger.data_dir), Bell()

        def fresh() -> bool:
            return _stamp(self._keys) == stamp

        def only_on_a_good_link(controls: Controls) -> bool:
            return controls.paused or controls.limit is not None or not link.is_sound

        def send(
            client: PlatformClient,
            kinds: tuple[DeliveryKind, ...],
            look_s: float,
            stands_by: Callable[[Controls], bool] = is_paused,
        ) -> None:
            OutboxWorker(
                self._ledger,
                client,
                link,
                ended,
                waits=self._waits,
                fresh=fresh,
                kinds=kinds,
                look_s=look_s,
                stands_by=stands_by,
                progress=progress,
                bell=bell,
            ).run()

        def receive() -> None:
            Receiver(self._ledger, receiving, link, self._rosters, ended, version=self._version).run()

        threads = [
            _thread("deliver small", lambda: send(small, SMALL, LOOK_S), ended, small),
            _thread("deliver originals", lambda: send(large, LARGE, _ORIGINALS_LOOK_S), ended, large),
            # The next original fills the link while the platform hashes and settles the one before.
            _thread("deliver beside", lambda: send(beside, LARGE, _BESIDE_LOOK_S, only_on_a_good_link), ended, beside),
            _thread("receive", receive, ended, receiving),
            _thread("ask", lambda: Errands(self._ledger, asking).run(ended), ended, asking),
        ]
        heeded: str | None = None
        standing = Standing(self._ledger, receiving)
        while not self._stop.is_set() and fresh():
            if all(thread.is_alive() for thread in threads):
                self._beat()
            self._note(standing)
            told = next((client.revocation for client in clients if client.revocation is not None), None)
            if told is not None and told != heeded:
                heeded = told
                if heed(self._ledger, identity, told):
                    self._stop.set()  # the next start finds no keys, and says why
            self._stop.wait(_LOOK_S)
        ended.set()
        bell.ring()
        until = time.monotonic() + _FINISH_S
        for thread in threads:  # one that sits in a request ends with the process, and its lease with it
            thread.join(max(0.0, until - time.monotonic()))

    def _note(self, standing: Standing) -> None:
        try:
            standing.look()
        except (OSError, SQLAlchemyError) as error:  # a full disk: noted when there is room
            log.warning("what the platform says of this station could not be noted: %s", error)
            self._stop.wait(_AFTER_CRASH_S)


def _thread(name: str, run: Callable[[], None], ended: threading.Event, client: PlatformClient) -> threading.Thread:
    """A thread that runs `run` over and over until `ended`, then closes its client."""

    def guarded() -> None:
        while not ended.is_set():
            try:
                run()
            except Exception:  # a full disk, a damaged ledger: said here, and begun again
                log.exception("%s stopped; it begins again in %g s", name, _AFTER_CRASH_S)
                ended.wait(_AFTER_CRASH_S)
        client.close()

    thread = threading.Thread(target=guarded, name=name, daemon=True)
    thread.start()
    return thread


def _stamp(keys: Path) -> int:
    """Changes with every enrolment."""
    try:
        return (keys / PLATFORM_FILE).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def deliver_until_stopped(ledger: Ledger, *, version: str) -> None:
    """Run in the foreground until SIGTERM or SIGINT; only the main thread may call this."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line for every request is too much
    keep_little()
    supervisor, pulse = Supervisor(), _Beat()
    watchdog = Watchdog(supervisor, (Pulse("delivery", lambda: pulse.last, _STANDS_STILL_S),))
    process = OutboxProcess(ledger, version=version, beat=pulse)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: process.stop())
    supervisor.ready("delivering")
    watchdog.start()
    process.run()
    supervisor.stopping()
    watchdog.stop()


class _Beat:
    """When it was last called, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self) -> None:
        self.last = time.monotonic()


def installed_version() -> str:
    """The version of this software, as stations tell it to the platform."""
    try:
        return version("capture-station")
    except PackageNotFoundError:
        return "0+checkout"  # run from a checkout that was never installed
