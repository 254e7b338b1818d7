"""Simulated stations: real keys, signatures and calls of the station's own client, captures of random bytes."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from platform_fixtures import MadeCapture, make_capture

from appliance.outbox.tus import Original, TusUploader
from appliance.platform.client import PlatformClient, enrol
from appliance.platform.errors import PlatformError
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.seed import demo_roster

AT_ONCE = 64  # requests in flight; more wait inside this program, and their waiting counts as latency
CALLS = ("record", "photo", "original", "receipt")
_TIMEOUT = httpx2.Timeout(60.0, connect=10.0)


@dataclass(frozen=True, slots=True)
class Call:
    """One step of a delivery: when it began and ended (seconds of the run), and whether the platform took it."""

    kind: str
    begun: float
    ended: float
    taken: bool


@dataclass
class Fleet:
    """Stations enrolled at one platform, over one pool of connections. Thread-safe."""

    stations: list[StationIdentity]
    calls: list[Call] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    _students: list = field(default_factory=lambda: list(demo_roster(6).students))  # type: ignore[type-arg]

    def __post_init__(self) -> None:
        limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self._transport = httpx2.HTTPTransport(limits=limits)
        self._clients = [
            PlatformClient(identity, timeout=_TIMEOUT, transport=self._transport, verify=False)
            for identity in self.stations
        ]

    def now(self) -> float:
        """Seconds of this run."""
        return time.monotonic() - self.started

    def begin_again(self) -> None:
        """Forget the calls so far."""
        self.calls, self.started = [], time.monotonic()

    def capture(self, station: int, original_bytes: int) -> MadeCapture:
        """A capture of a station."""
        student = self._students[station % len(self._students)]
        return make_capture(self.stations[station], student, original_bytes=original_bytes)

    def reach(self, station: int) -> None:
        """One call that asks nothing much. Raises `PlatformError` while the platform is away."""
        with self._timed("probe"):
            self._clients[station].rosters("nothing")

    def deliver(self, station: int, capture: MadeCapture, due: float | None = None) -> None:
        """All four parts, in order. `due` is when the first was to begin. Raises `PlatformError`."""
        client, name = self._clients[station], capture.capture_id
        with self._timed("record", due):
            client.put_record(name, capture.record)
        with self._timed("photo"):
            client.put_photo(name, capture.photo)
        with self._timed("original"):
            uploader = TusUploader(client, began=lambda _: None, moved=lambda _, __: None)
            uploader.upload(Original(name, capture.original, capture.original_sha256), None)
        with self._timed("receipt"):
            client.receipt(name)

    @contextmanager
    def _timed(self, kind: str, due: float | None = None) -> Iterator[None]:
        begun, taken = self.now() if due is None else due, False
        try:
            yield
            taken = True
        finally:
            self.calls.append(Call(kind, begun, self.now(), taken))


def enrolled(address: str, tokens: Iterable[str]) -> Iterator[StationIdentity]:
    """A station for each token."""

    def one(token: str) -> StationIdentity:
        return enrol(address, token, name="fleet", key=Ed25519PrivateKey.generate())

    with ThreadPoolExecutor(16) as pool:
        yield from pool.map(one, tokens)


class Timetable:
    """Work that is due at given seconds, done by `AT_ONCE` threads; work may put more work into it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._due: queue.PriorityQueue[tuple[float, int, Callable[[], None]]] = queue.PriorityQueue()
        self._number = 0
        self._open = 0
        self._lock = threading.Lock()
        self._empty = threading.Event()
        self.failures: list[str] = []

    def at(self, second: float, work: Callable[[], None]) -> None:
        """Do it then, or as soon after as a thread is free."""
        with self._lock:
            self._number += 1
            self._open += 1
            self._empty.clear()
            self._due.put((second, self._number, work))

    def run(self) -> None:
        """Until nothing is left."""
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        self._empty.wait()
        for _ in threads:
            self._due.put((-1.0, 0, _end))
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        while True:
            second, _, work = self._due.get()
            if work is _end:
                return
            early = second - self._now()
            if early > 0:
                time.sleep(min(early, 0.02))
                if early > 0.02:
                    self._due.put((second, _, work))
                    continue
            try:
                work()
            except PlatformError as error:
                self.failures.append(str(error))
            with self._lock:
                self._open -= 1
                if self._open == 0:
                    self._empty.set()


def _end() -> None:
    """Never called: tells a thread to end."""
