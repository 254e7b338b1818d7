"""The outbox under everything that can go wrong, found and shrunk by hypothesis: nothing lost, doubled or altered, all in order.

The ledger, two workers, the way back, errands and retention are real; the platform is a model of the contract in memory.
Between the faults of single calls: retakes of a student, a worker that is overtaken, kills, reboots, clocks off by a year, an
operator who pauses and lets parked rows be tried again, reviewers, students who take their photo back, days that pass.

    STATION_FAULT_SCHEDULES=1000 .venv/bin/python -m pytest tests/faults/delivery/test_outbox_machine.py
"""

from __future__ import annotations

import json
import os
import random
import tempfile
import threading
import uuid
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from model_platform import FAULTS, Died, ModelPlatform
from outbox_laws import OutboxLaws
from platform_fixtures import MOMENT, MadeCapture, accept
from station_clocks import YEAR_S, StationClocks

from appliance.ledger.store import Ledger
from appliance.ledger.tables import ErrandKind
from appliance.outbox import controls, errands, leases, plans
from appliance.outbox.backoff import Backoff
from appliance.outbox.errands import Errands
from appliance.outbox.events import CURSOR_NOTE, take
from appliance.outbox.leases import LEASE_S
from appliance.outbox.link import Link
from appliance.outbox.receiver import Receiver
from appliance.outbox.retention import Retention
from appliance.outbox.status import retry_parked
from appliance.outbox.worker import OutboxWorker, Waits
from appliance.platform.errors import PlatformError

pytestmark = pytest.mark.faults

AT_ONCE = Backoff(0.0, 0.0)
PLAN, DAY_S = "demo-2026-bachelor", 86_400.0  # the plan `accept` captures for; it keeps them for a day
MEMORY = Path("/dev/shm")  # fsync costs nothing there, and is not what is tested here
CALLS = st.lists(st.sampled_from([*["none"] * 4, *FAULTS]), min_size=1, max_size=6)
EXAMPLES = int(os.environ.get("STATION_FAULT_SCHEDULES", "20"))  # a thousand take some minutes


class OutboxSchedule(RuleBasedStateMachine):
    """One station's delivery under random faults."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        base = MEMORY if os.access(MEMORY, os.W_OK) else None
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(dir=base)))
        self.clocks = StationClocks()
        self.stack.enter_context(self.clocks.in_charge())
        self.living: set[str] = set()
        self.stack.enter_context(mock.patch.object(leases, "is_alive", self.living.__contains__))
        self.ledger = Ledger(self.folder)
        self.stack.callback(self.ledger.close)
        self.ledger.keep_note(plans.NOTE, json.dumps({PLAN: {"originals": "any", "retention_days": 1}}))
        self.platform = ModelPlatform(meanwhile=self.meanwhile)
        self.laws = OutboxLaws(self.ledger, self.platform, self.clocks)
        self.owners, self.wrong_clock = 0, False
        self.workers = [self.new_worker(), self.new_worker()]
        self.stack.callback(lambda: [self.end(worker) for worker in self.workers])

    def new_worker(self) -> OutboxWorker:
        """A process of its own, as far as leases can tell."""
        waits = Waits(AT_ONCE, AT_ONCE, AT_ONCE)
        worker = OutboxWorker(self.ledger, self.platform, Link(self.ledger), _Skipping(self.clocks), waits=waits)  # type: ignore[arg-type]
        self.owners += 1
        worker._leases.owner = f"worker-{self.owners}"
        self.living.add(worker._leases.owner)
        self.laws.watch(worker._leases)
        return worker

    def end(self, worker: OutboxWorker) -> None:
        """Its process is gone."""
        self.living.discard(worker._leases.owner)
        worker._changes.close()

    def meanwhile(self, fault: str) -> None:
        """In the middle of a call of one worker, the other one works: beside it, or because its lease is long over."""
        self.clocks.pass_by(LEASE_S + 1.0 if fault == "overtaken" else 0.0)
        waiting, self.platform.faults = self.platform.faults, []
        busy = self.laws.at_work[-1:]  # none while events are received
        for worker in list(self.workers):
            if worker._leases.owner not in busy:
                self.step(worker)
        self.platform.faults = waiting

    def step(self, worker: OutboxWorker) -> bool:
        """One row; False when there was none, or the process died of it."""
        owner = worker._leases.owner
        self.laws.at_work.append(owner)
        try:
            return worker.step()
        except Died:
            self.workers[self.workers.index(worker)] = self.new_worker()
            self.end(worker)
            return False
        finally:
            self.laws.at_work.pop()
            self.laws.gave_back(owner)

    @initialize()
    def one_capture(self) -> None:
        self.accept([0])

    @rule(students=st.lists(st.integers(min_value=0, max_value=2), min_size=1, max_size=2))
    def accept(self, students: list[int]) -> None:
        for student in students:
            name, size = str(uuid.uuid4()), random.randrange(1, 200_000)
            made = MadeCapture(
                name, "visit", f'{{"id":"{name}"}}'.encode(), random.randbytes(50), random.randbytes(size)
            )
            accept(self.ledger, made, student=f"student {student}")
            self.laws.accepted[name] = made

    @rule(who=st.integers(min_value=0, max_value=1), faults=CALLS)
    def work(self, who: int, faults: list[str]) -> None:
        self.platform.faults = list(faults)
        for _ in faults:
            self.clocks.pass_by(0.01)
            if not self.step(self.workers[who]):
                break
        self.platform.faults = []

    @rule()
    def a_quiet_hour(self) -> None:
        """Nothing goes wrong for a while, so that later states are reached too."""
        self.clocks.pass_by(3600.0)
        for _ in range(30):
            if not self.step(self.workers[0]):
                break
        self.receive(["none"] * 3)

    @rule(off_s=st.sampled_from([20.0, 3600.0, 2 * DAY_S]))
    def reboot(self, off_s: float) -> None:
        for number, worker in enumerate(self.workers):
            self.end(worker)
            self.workers[number] = self.new_worker()
        self.clocks.reboot(off_s)

    @rule(seconds=st.sampled_from([1.0, 70.0, 4000.0, DAY_S]))
    def time_passes(self, seconds: float) -> None:
        self.clocks.pass_by(seconds)

    @precondition(lambda self: not self.wrong_clock)
    @rule(years=st.sampled_from([-1, 1]), whose=st.sampled_from(["wall_offset", "platform_offset"]))
    def a_clock_jumps(self, years: int, whose: str) -> None:
        """One of the two: no station can tell when both agree on a wrong time."""
        self.wrong_clock = True
        setattr(self.clocks, whose, getattr(self.clocks, whose) + years * YEAR_S)

    @rule(one=st.booleans())
    def operator_retries(self, one: bool) -> None:
        parked = sorted(self.laws.parked())
        retry_parked(self.ledger, parked[0] if one and parked else None)
        self.laws.known_parked = self.laws.parked()

    @rule()
    def operator_pauses_and_resumes(self) -> None:
        controls.pause(self.ledger)
        self.clocks.pass_by(100.0)
        assert not any(self.step(worker) for worker in self.workers), "delivered while it was paused"
        controls.resume(self.ledger)

    @rule(which=st.integers(min_value=0, max_value=9), state=st.sampled_from(["accepted", "refused"]))
    def reviewer_decides(self, which: int, state: str) -> None:
        at_platform = sorted(name for name, kept in self.platform.captures.items() if kept.receipt_id)
        if at_platform:
            self.platform.decide(at_platform[which % len(at_platform)], state)  # type: ignore[arg-type]

    @rule(faults=CALLS)
    def receive(self, faults: list[str]) -> None:
        """The way back for a while, and whatever retention finds."""
        self.platform.faults = list(faults)
        self.platform.clock = self.clocks.platform_clock()
        receiver = Receiver(
            self.ledger,
            self.platform,
            Link(self.ledger),
            self.folder / "rosters",
            threading.Event(),
            version="0",  # type: ignore[arg-type]
        )
        receiver._retention = Retention(self.ledger, self.platform.clock, self.clocks.wall)
        try:
            for _ in faults:
                receiver.step(0.0)
        except (PlatformError, Died):
            pass  # what was received before stays; the next receiver goes on
        self.wrong_clock = False
        self.platform.faults = []

    @rule(back=st.integers(min_value=0, max_value=6), draw=st.randoms(use_true_random=False))
    def a_page_comes_garbled(self, back: int, draw: random.Random) -> None:
        """An old page once more, or the next one shuffled and with repeats."""
        cursor = self.ledger.note(CURSOR_NOTE) or ""
        asked = str(max(0, int(cursor or 0) - back)) if back and cursor else cursor
        page = self.platform.events(asked)
        events = page.events + draw.sample(page.events, min(1, len(page.events)))
        draw.shuffle(events)
        taken = take(self.ledger, page.model_copy(update={"events": events}), asked, MOMENT)
        assert taken == (asked == cursor), "a page that was asked for from elsewhere was taken"

    @rule(which=st.integers(min_value=0, max_value=9))
    def student_withdraws(self, which: int) -> None:
        here = sorted(set(self.laws.accepted) - self.laws.erased())
        if here:
            body = {"capture_id": here[which % len(here)], "reason": "student-wish"}
            with self.ledger.session() as session:
                row = errands.add(
                    session, ErrandKind.WITHDRAWAL, body, capture_id=body["capture_id"], at=MOMENT.at, hold_s=0.0
                )
                self.laws.withdrawals[row.errand_id] = body["capture_id"]

    @rule(faults=CALLS)
    def errands_run(self, faults: list[str]) -> None:
        self.platform.faults = list(faults)
        one = Errands(self.ledger, self.platform)  # type: ignore[arg-type]
        try:
            for _ in faults:
                if not one.step():
                    break
        except Died:
            pass  # the row is there
        self.platform.faults = []

    @invariant()
    def every_law_holds(self) -> None:
        self.laws.hold()

    def teardown(self) -> None:
        """When the faults end, everything arrives and every answer is known."""
        with self.stack:
            self.clocks.reboot(20.0)
            self.platform.clock = self.clocks.platform_clock()
            last = self.new_worker()
            self.stack.callback(self.end, last)
            for _ in range(30 * len(self.laws.accepted) + 30):
                retry_parked(self.ledger, None)
                self.clocks.pass_by(1000.0)
                if not self.step(last):
                    break
            self.errands_run(["none"] * 40)
            self.receive(["none"] * 40)
            self.laws.known_parked = self.laws.parked()
            self.laws.hold()
            self.laws.all_arrived()


class _Skipping(threading.Event):
    """Waiting takes no time: the clocks are moved instead."""

    def __init__(self, clocks: StationClocks) -> None:
        super().__init__()
        self._clocks = clocks

    def wait(self, timeout: float | None = None) -> bool:
        self._clocks.pass_by(timeout or 0.0)
        return self.is_set()


TestOutboxSchedules = OutboxSchedule.TestCase
TestOutboxSchedules.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
