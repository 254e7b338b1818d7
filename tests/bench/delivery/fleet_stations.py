"""Simulated stations: real keys, signatures and calls of the station's own client, captures of random bytes."""

from __future__ import annotations

import heapq
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
    """One step of a delivery: when it began and ended (seconds of the run), and `taken`, or which error it was."""

    station: int
    kind: str
    begun: float
    ended: float
    answer: str

    @property
    def taken(self) -> bool:
        return self.answer == "taken"


@dataclass
class Fleet:
    """Stations enrolled at one platform, over one pool of connections. Thread-safe."""

    stations: list[StationIdentity]
    at_once: int = AT_ONCE
    calls: list[Call] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    _students: list = field(default_factory=lambda: list(demo_roster(6).students))  # type: ignore[type-arg]

    def __post_init__(self) -> None:
        limits = httpx2.Limits(max_connections=self.at_once, max_keepalive_connections=self.at_once)
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

    def deliver(self, station: int, capture: MadeCapture, due: float | None = None) -> None:
        """All four parts, in order. `due` is when the first was to begin. Raises `PlatformError`."""
        for kind in CALLS:
            self.part(station, capture, kind, due if kind == CALLS[0] else None)

    def part(self, station: int, capture: MadeCapture, kind: str, due: float | None = None) -> None:
        """One part. Raises `PlatformError`."""
        client, name = self._clients[station], capture.capture_id
        with self._timed(station, kind, due):
            match kind:
                case "record":
                    client.put_record(name, capture.record)
                case "photo":
                    client.put_photo(name, capture.photo)
                case "original":
                    uploader = TusUploader(client, began=lambda _: None, moved=lambda _, __: None)
                    uploader.upload(Original(name, capture.original, capture.original_sha256), None)
                case "receipt":
                    client.receipt(name)

    @contextmanager
    def _timed(self, station: int, kind: str, due: float | None = None) -> Iterator[None]:
        begun, answer = self.now() if due is None else due, "taken"
        try:
            yield
        except PlatformError as error:
            answer = type(error).__name__
            raise
        finally:
            self.calls.append(Call(station, kind, begun, self.now(), answer))


def enrolled(address: str, tokens: Iterable[str]) -> Iterator[StationIdentity]:
    """A station for each token."""

    def one(token: str) -> StationIdentity:
        return enrol(address, token, name="fleet", key=Ed25519PrivateKey.generate())

    with ThreadPoolExecutor(16) as pool:
        yield from pool.map(one, tokens)


class Timetable:
    """Work that is due at given seconds, done by at most `at_once` threads; work may put more work into it."""

    def __init__(self, now: Callable[[], float], at_once: int = AT_ONCE) -> None:
        self._now = now
        self._at_once = at_once
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0
        self._busy = 0
        self._changed = threading.Condition()
        self.failures: list[str] = []

    def at(self, second: float, work: Callable[[], None]) -> None:
        """Do it then, or as soon after as a thread is free."""
        with self._changed:
            self._number += 1
            heapq.heappush(self._due, (second, self._number, work))
            self._changed.notify()

    def run(self) -> None:
        """Until nothing is left."""
        with ThreadPoolExecutor(self._at_once) as pool:
            while (work := self._next()) is not None:
                pool.submit(self._do, work)

    def _next(self) -> Callable[[], None] | None:
        """Waits until something is due; None when all is done."""
        with self._changed:
            while True:
                early = self._due[0][0] - self._now() if self._due else None
                if early is None and self._busy == 0:
                    return None
                if early is not None and early <= 0:
                    self._busy += 1
                    return heapq.heappop(self._due)[2]
                self._changed.wait(early)

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except PlatformError as error:
            self.failures.append(str(error))
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify()
