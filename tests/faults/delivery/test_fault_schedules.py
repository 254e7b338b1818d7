"""Random schedules of everything that can go wrong, found and shrunk by hypothesis: nothing lost, doubled or altered.

The ledger is real; the platform is a model of the contract in memory, so that thousands of schedules fit into seconds.
Faults strike single calls: the request is lost, the answer is lost, the process dies in the middle, the platform is busy,
answers garbage, or comes back from an old backup. Between them: new captures, a second worker, reboots, operators.
"""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from platform_fixtures import MadeCapture, accept
from sqlmodel import select

from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryState, OutboxRow
from appliance.outbox import leases as leases_module
from appliance.outbox import worker as worker_module
from appliance.outbox.backoff import Backoff
from appliance.outbox.link import Link
from appliance.outbox.status import retry_parked
from appliance.outbox.worker import OutboxWorker, Waits
from appliance.platform.clock import PlatformClock
from appliance.platform.contract import LocalText, Problem, SignedReceipt
from appliance.platform.errors import (
    OffsetMismatch,
    PartsMissing,
    PlatformBusy,
    PlatformRefused,
    PlatformUnreachable,
    StationRevoked,
    UploadLost,
)

pytestmark = pytest.mark.faults

AT_ONCE = Backoff(0.0, 0.0)
FAULTS = st.sampled_from(
    [
        "none",
        "none",
        "none",
        "request lost",
        "answer lost",
        "died before",
        "died after",
        "busy",
        "refused",
        "revoked",
        "backup",
    ]
)


class Died(BaseException):
    """SIGKILL of the delivery process, at this very call."""


@dataclass
class Stored:
    """What the platform's model holds of one capture."""

    record: bytes
    photo: bytes | None = None
    original: bytes | None = None
    receipt_id: str | None = None


@dataclass
class ModelPlatform:
    """The contract in memory. `faults` strike the coming calls, one each."""

    faults: list[str] = field(default_factory=list)
    captures: dict[str, Stored] = field(default_factory=dict)
    uploads: dict[str, tuple[str, bytearray, int]] = field(default_factory=dict)
    clock: PlatformClock = field(default_factory=PlatformClock)

    def _call(self, work: Callable[[], Any]) -> Any:
        fault = self.faults.pop(0) if self.faults else "none"
        match fault:
            case "request lost":
                raise PlatformUnreachable("ConnectError")
            case "died before":
                raise Died
            case "busy":
                raise PlatformBusy("503", 0.0)
            case "refused":
                raise PlatformRefused(problem("body-unreadable", 422))
            case "revoked":
                raise StationRevoked(problem("revoked", 403))
            case "backup":
                self.captures = {name: kept for name, kept in self.captures.items() if kept.receipt_id}
                self.uploads.clear()
        answer = work()
        if fault == "answer lost":
            raise PlatformUnreachable("ReadTimeout")
        if fault == "died after":
            raise Died
        return answer

    def put_record(self, capture_id: str, record: bytes) -> None:
        def work() -> None:
            kept = self.captures.setdefault(capture_id, Stored(record))
            if kept.record != record:
                raise PlatformRefused(problem("other-record", 409))

        self._call(work)

    def put_photo(self, capture_id: str, jpeg: bytes) -> None:
        def work() -> None:
            kept = self._known(capture_id)
            assert kept.photo in (None, jpeg), "a photo changed on the way"
            kept.photo = jpeg

        self._call(work)

    def create_upload(self, capture_id: str, length: int, sha256: str) -> str:
        def work() -> str:
            self._known(capture_id)
            path = f"/v1/uploads/{uuid.uuid4()}"
            self.uploads[path] = (capture_id, bytearray(), length)
            return path

        return str(self._call(work))

    def upload_offset(self, path: str) -> int:
        return int(self._call(lambda: len(self._upload(path)[1])))

    def append(self, path: str, offset: int, piece: bytes) -> int:
        def work() -> int:
            capture_id, data, length = self._upload(path)
            if offset != len(data):
                raise OffsetMismatch("409")
            data += piece
            if len(data) == length:
                self._known(capture_id).original = bytes(data)
            return len(data)

        return int(self._call(work))

    def receipt(self, capture_id: str) -> SignedReceipt:
        def work() -> SignedReceipt:
            kept = self._known(capture_id)
            missing = [part for part in ("photo", "original") if getattr(kept, part) is None]
            if missing:
                raise PartsMissing("409", missing)
            kept.receipt_id = kept.receipt_id or f"rc-{uuid.uuid4().hex}"
            digests = {
                f"{part}_sha256": hashlib.sha256(getattr(kept, part)).hexdigest()
                for part in ("record", "photo", "original")
            }
            return SignedReceipt(
                receipt_id=kept.receipt_id,
                capture_id=uuid.UUID(capture_id),
                station_id="st-1",
                stored_at=datetime.now(UTC),
                jws="a.b.c",
                **digests,
            )

        answer = self._call(work)
        assert isinstance(answer, SignedReceipt)
        return answer

    def _known(self, capture_id: str) -> Stored:
        if capture_id not in self.captures:
            raise PartsMissing("404", ["record"])
        return self.captures[capture_id]

    def _upload(self, path: str) -> tuple[str, bytearray, int]:
        if path not in self.uploads or self.uploads[path][0] not in self.captures:
            raise UploadLost("404")
        return self.uploads[path]


def problem(code: str, status: int) -> Problem:
    text = LocalText(zh="拒绝", en="refused")
    return Problem(type=f"urn:{code}", title=code, status=status, detail="d", code=code, message=text)


class DeliverySchedule(RuleBasedStateMachine):
    """One station's delivery under random faults."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = Ledger(Path(self.folder.name))
        self.platform = ModelPlatform()
        self.accepted: dict[str, MadeCapture] = {}
        self.boot, self.now, self.deaths = "boot-0", 1000.0, 0
        self.patches = [
            mock.patch.object(leases_module, "boot_id", self.boot_id),
            mock.patch.object(leases_module, "boot_clock", self.boot_clock),
            mock.patch.object(worker_module, "boot_clock", self.boot_clock),
        ]
        for patch in self.patches:
            patch.start()
        self.workers = [self.new_worker(), self.new_worker()]

    def boot_id(self) -> str:
        return self.boot

    def boot_clock(self) -> float:
        return self.now

    def new_worker(self) -> OutboxWorker:
        waits = Waits(AT_ONCE, AT_ONCE, AT_ONCE)
        worker = OutboxWorker(self.ledger, self.platform, Link(self.ledger), threading.Event(), waits=waits)  # type: ignore[arg-type]
        self.deaths += 1
        # The owner's process is one that never lived: what it holds is free as soon as it is dead, which here is always.
        worker._leases.owner = f"999999999:1:{self.deaths}"
        return worker

    @initialize()
    def one_capture(self) -> None:
        self.accept(1)

    @rule(count=st.integers(min_value=1, max_value=2))
    def accept(self, count: int) -> None:
        for _ in range(count):
            capture_id = str(uuid.uuid4())
            size = random.randrange(1, 200_000)
            capture = MadeCapture(
                capture_id, "visit", f'{{"id":"{capture_id}"}}'.encode(), random.randbytes(50), random.randbytes(size)
            )
            accept(self.ledger, capture)
            self.accepted[capture_id] = capture

    @rule(who=st.integers(min_value=0, max_value=1), faults=st.lists(FAULTS, min_size=1, max_size=6))
    def work(self, who: int, faults: list[str]) -> None:
        self.platform.faults = list(faults)
        for _ in faults:
            self.now += 0.01
            try:
                if not self.workers[who].step():
                    break
            except Died:
                self.workers[who]._changes.close()
                self.workers[who] = self.new_worker()
        self.platform.faults = []

    @rule()
    def reboot(self) -> None:
        self.boot, self.now = f"boot-{uuid.uuid4()}", random.uniform(0, 50)

    @rule(seconds=st.floats(min_value=0, max_value=10_000))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def operator_retries(self) -> None:
        retry_parked(self.ledger, None)

    @invariant()
    def nothing_at_the_platform_is_altered(self) -> None:
        for capture_id, kept in self.platform.captures.items():
            made = self.accepted[capture_id]
            assert kept.record == made.record
            assert kept.photo in (None, made.photo)
            assert kept.original in (None, made.original)

    @invariant()
    def a_receipt_here_means_everything_is_there(self) -> None:
        with self.ledger.reading() as session:
            for row in session.exec(select(CaptureRow)):
                if row.receipt is not None:
                    kept = self.platform.captures[row.capture_id]
                    made = self.accepted[row.capture_id]
                    assert (kept.record, kept.photo, kept.original) == (made.record, made.photo, made.original)

    def teardown(self) -> None:
        """When the faults end, everything arrives."""
        try:
            self.boot = "the last boot"
            retry_parked(self.ledger, None)
            worker = self.new_worker()
            for _ in range(20 * len(self.accepted) + 20):
                self.now += 1000.0
                if not worker.step():
                    break
            worker._changes.close()
            with self.ledger.reading() as session:
                states = set(session.exec(select(OutboxRow.state)))
                receipts = {row.capture_id for row in session.exec(select(CaptureRow)) if row.receipt is not None}
            assert states == {DeliveryState.DONE}
            assert receipts == set(self.accepted) == set(self.platform.captures)
        finally:
            for patch in self.patches:
                patch.stop()
            for one in self.workers:
                one._changes.close()
            self.ledger.close()
            self.folder.cleanup()


TestDeliverySchedules = DeliverySchedule.TestCase
TestDeliverySchedules.settings = settings(
    max_examples=int(os.environ.get("STATION_FAULT_SCHEDULES", "15")),  # a thousand take some minutes
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
