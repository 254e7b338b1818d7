"""One random schedule of everything that can go wrong between a station and its platform, replayable from its seed.

The ledger, the delivery worker, the client and the reference platform are the real ones, over TCP. Broken are: connections
(`chaos_proxy`), answers (`faulty_door`), the station's disk and its process, both clocks, the boot. In the end everything is
mended, an operator retries what is parked, and what lies at the platform is held against what the station accepted, what the
station knows of reviews against what the platform said (`schedule_reviews`).
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from unittest import mock

import httpx2
from chaos_proxy import Break, ChaosProxy, Fault
from faulty_door import FaultyServer, Trouble
from platform_fixtures import MadeCapture, accept, at_address, make_capture
from schedule_reviews import WayBack
from schedule_station import Died, FullLedger, ImpatientWorker, Mortal, Skipping
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from appliance.ledger.boot import boot_clock, boot_id
from appliance.ledger.tables import CaptureRow, JournalRow
from appliance.outbox import errands, leases, worker
from appliance.outbox.events import CURSOR_NOTE
from appliance.outbox.link import Link
from appliance.outbox.receiver import Receiver
from appliance.outbox.status import queue_status, retry_parked
from appliance.platform.client import PlatformClient, enrol
from appliance.platform.clock import PlatformClock
from appliance.platform.digests import sha256_hex
from appliance.platform.errors import PlatformError
from appliance.platform.identity import StationIdentity, station_key
from appliance.platform.reference.captures import original_key, photo_key
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.seed import DemoRoster, demo_roster, plant
from appliance.platform.reference.stations import new_token
from appliance.platform.reference.tables import CaptureRow as StoredRow
from appliance.platform.reference.tables import ChunkRow

_TIMEOUT = httpx2.Timeout(0.4, connect=2.0)
_YEAR = timedelta(days=365)
_LEASE_OVER_S = 61.0
_DRAIN_STEPS = 400
_STALLS = 2  # a schedule; each costs a timeout


@dataclass
class Outcome:
    """What a schedule did and what was found afterwards."""

    captures: int = 0
    bytes: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)  # of reviews and withdrawals: missing, or taken twice

    @property
    def sound(self) -> bool:
        return not (self.lost or self.doubled or self.altered or self.crashes or self.answers)


class Schedule:
    """Runs once. `server` may serve many schedules; each is a station of its own."""

    def __init__(self, server: FaultyServer, roster: DemoRoster, seed: str, folder: Path) -> None:
        self._server, self._roster, self._folder = server, roster, folder
        self._draw = random.Random(seed)
        self._severity = self._draw.uniform(0.05, 0.5)
        self._faulty = False
        self._stalls = 0
        self._boot, self._slept, self._wall = boot_id(), 0.0, 0.0
        self.outcome = Outcome()
        self._accepted: list[MadeCapture] = []

    def run(self) -> Outcome:
        """Faults, then repair, then the count."""
        self._server.door.choose, self._server.door.crashes = self._trouble, []
        with ExitStack() as stack:
            for module in (leases, worker, errands):
                stack.enter_context(mock.patch.object(module, "boot_clock", self._clock))
            for module in (leases, errands):
                stack.enter_context(mock.patch.object(module, "boot_id", self._boot_id))
            self._ledger = FullLedger(self._folder / "station")
            stack.callback(self._ledger.close)
            self._way_back = WayBack(self._server.platform, self._ledger, self._draw, self.outcome.struck)
            proxy = stack.enter_context(ChaosProxy(("127.0.0.1", self._server.port), self._fault))
            direct = f"http://127.0.0.1:{self._server.port}"
            keys = self._folder / "station" / "keys"
            station = enrol(direct, new_token(self._server.platform), name="test", key=station_key(keys))
            self._go_wrong(at_address(station, proxy.address))
            self._mend()
            self._drain(at_address(station, proxy.address))
            self._count(station.station_id)
        return self.outcome

    def _clock(self) -> float:
        return boot_clock() + self._slept

    def _boot_id(self) -> str:
        return self._boot

    def _go_wrong(self, station: StationIdentity) -> None:
        self._faulty = True
        for _ in range(self._draw.randint(3, 10)):
            if not self._accepted or self._draw.random() < 0.4:
                self._accept(station)
            with self._client(station) as client:
                one = self._worker(client)
                for _ in range(self._draw.randint(1, 6)):
                    if not self._step(one):
                        break
                one.close()
                self._come_back(station.station_id, client)
            self._disturb()

    def _come_back(self, station_id: str, client: PlatformClient) -> None:
        """Reviewers and students act, and the station hears some of it."""
        if self._draw.random() < 0.5:
            self._way_back.decide(station_id)
        if self._draw.random() < 0.15:
            self._way_back.wish([made.capture_id for made in self._accepted])
        self._ledger.refusals = int(self._draw.random() < self._severity / 8)
        try:
            self._way_back.run_errands(client)
        except (Died, OperationalError) as end:
            self.outcome.struck[f"errand broken off ({type(end).__name__})"] += 1
        if self._draw.random() < 0.4:
            self._receive(client)
        self._ledger.refusals = 0

    def _mend(self) -> None:
        self._faulty = False
        self._ledger.refusals = self._server.room.refusals = 0
        self._server.jump = timedelta()

    def _drain(self, station: StationIdentity) -> None:
        with self._client(station) as client:
            one = self._worker(client)
            for _ in range(_DRAIN_STEPS):
                retry_parked(self._ledger, None)
                if not one.step() and queue_status(self._ledger)["waiting"] == 0:
                    break
                self._slept += 1.0
            one.close()
            retry_parked(self._ledger, None)
            for _ in range(_DRAIN_STEPS):
                self._slept += 1000.0
                self._way_back.run_errands(client, most=50)
                cursor = self._ledger.note(CURSOR_NOTE)
                if self._receive(client) and cursor == self._ledger.note(CURSOR_NOTE):
                    break

    def _accept(self, station: StationIdentity) -> None:
        size = self._draw.choice([self._draw.randint(1, 5_000), self._draw.randint(5_000, 700_000)])
        capture = make_capture(station, self._draw.choice(self._roster.students), original_bytes=size)
        self._ledger.refusals = int(self._draw.random() < 0.1)
        try:
            accept(self._ledger, capture)
        except OperationalError:
            self.outcome.struck["disk of the station full, not accepted"] += 1
            self._ledger.sweep_orphans()
        else:
            self._accepted.append(capture)

    def _client(self, station: StationIdentity) -> PlatformClient:
        clock = PlatformClock(wall=lambda: time.time() + self._wall)
        return PlatformClient(station, clock=clock, timeout=_TIMEOUT, transport=Mortal(self.dies))

    def _worker(self, client: PlatformClient) -> ImpatientWorker:
        return ImpatientWorker(self._ledger, client, Skipping(self.sleep), self._draw.choice([64, 128, 512]) * 1024)

    def _step(self, one: ImpatientWorker) -> bool:
        """One row; False when there was none, or the process did not outlive it."""
        full = self._faulty and self._draw.random() < self._severity / 8
        self._ledger.refusals = 2 * int(full)
        try:
            return one.step()
        except Died:
            self.outcome.struck["process killed"] += 1
        except OperationalError:
            self.outcome.struck["disk of the station full"] += 1
        finally:
            self._ledger.refusals = 0
        self._slept += _LEASE_OVER_S
        return False

    def _receive(self, client: PlatformClient) -> bool:
        """One page of events; whether the platform answered."""
        receiver = Receiver(
            self._ledger, client, Link(self._ledger), self._folder / "rosters", threading.Event(), version="0"
        )
        try:
            receiver.step(0.0)
        except (PlatformError, Died, OperationalError):
            self.outcome.struck["events not received"] += 1
            return False
        return True

    def _disturb(self) -> None:
        """Between two lives of the process: clocks and boots."""
        match self._draw.randint(0, 9):
            case 0:
                self._wall = self._draw.choice([-1, 1]) * _YEAR.total_seconds()
                self.outcome.struck["station's clock off by a year"] += 1
            case 1:
                self._server.jump = self._draw.choice([-1, 0, 1]) * _YEAR
                self.outcome.struck["platform's clock off by a year"] += 1
            case 2:
                self._boot, self._slept = f"boot-{self._draw.random()}", -boot_clock()
                self.outcome.struck["rebooted"] += 1

    def _fault(self, _: int) -> Fault | None:
        if not self._faulty or self._draw.random() > self._severity:
            return None
        what = self._draw.choice(list(Break))
        if what is Break.STALL:
            self._stalls += 1
            if self._stalls > _STALLS:
                return None
        to_platform = self._draw.random() < 0.6
        self.outcome.struck[f"{what} ({'request' if to_platform else 'answer'})"] += 1
        return Fault(what, to_platform, self._draw.randrange(300_000 if to_platform else 2_000), bytes_per_s=2_000_000)

    def _trouble(self) -> Trouble | None:
        if not self._faulty or self._draw.random() > self._severity / 2:
            return None
        trouble = self._draw.choice(list(Trouble))
        self.outcome.struck[str(trouble)] += 1
        return trouble

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self._slept += seconds

    def dies(self) -> bool:
        """Whether the process is killed at the call that is made now."""
        return self._faulty and self._draw.random() < self._severity / 12

    def _count(self, station_id: str) -> None:
        found = self.outcome
        found.captures, found.bytes = len(self._accepted), sum(len(made.original) for made in self._accepted)
        found.crashes = [repr(error) for error in self._server.door.crashes]
        found.answers = self._way_back.wrong([made.capture_id for made in self._accepted])
        platform = self._server.platform
        with platform.database.read() as session:
            rows = {
                row.capture_id: row for row in session.exec(select(StoredRow).where(StoredRow.station_id == station_id))
            }
            left_over = session.exec(select(ChunkRow)).all()
        with self._ledger.reading() as session:
            kept = {row.capture_id: json.loads(row.receipt or "{}") for row in session.exec(select(CaptureRow))}
            entries = session.exec(select(JournalRow).where(JournalRow.event == "capture.receipted")).all()
        taken = Counter(json.loads(entry.body)["capture_id"] for entry in entries)
        found.doubled = [f"{name} at the platform only" for name in rows.keys() - kept.keys()]
        found.doubled += [f"{name} receipted {count} times" for name, count in taken.items() if count > 1]
        found.doubled += [f"piece {piece.key} left over" for piece in left_over]
        for made in self._accepted:
            name = made.capture_id
            if name not in rows or rows[name].receipt_id is None or kept[name].get("receipt_id") is None:
                found.lost.append(name)
            elif kept[name]["receipt_id"] != rows[name].receipt_id:
                found.doubled.append(f"{name} has two receipts")
            elif (
                self._digests(name) != [sha256_hex(made.photo), made.original_sha256]
                or rows[name].record != made.record
            ):
                found.altered.append(name)

    def _digests(self, capture_id: str) -> list[str]:
        objects = self._server.platform.objects
        return [sha256_hex(objects.get(key)) for key in (photo_key(capture_id), original_key(capture_id))]


def run_schedules(seed: int, numbers: Iterable[int]) -> Iterator[tuple[int, Outcome]]:
    """Schedules by their numbers; the same seed and number make the same schedule, whichever ran before."""
    with tempfile.TemporaryDirectory(prefix="station-schedules-") as name:
        platform = Platform.at(PlatformSettings(Path(name) / "platform"))
        roster = demo_roster(6)
        plant(platform, roster)
        with FaultyServer(platform, random.Random(seed)) as server:
            for number in numbers:
                with tempfile.TemporaryDirectory(dir=name) as folder:
                    yield number, Schedule(server, roster, f"{seed}/{number}", Path(folder)).run()
