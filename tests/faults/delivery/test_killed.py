"""SIGKILL of either side at random moments of a delivery: every capture arrives exactly once, unaltered, with its receipt."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from chaos_proxy import Break, ChaosProxy, Fault
from platform_fixtures import MadeCapture, PlatformProcess, accept, at_address, free_port, make_capture, wait_until
from sqlmodel import select

from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow
from appliance.outbox.process import KEYS
from appliance.outbox.status import queue_status
from appliance.platform.reference.captures import original_key, photo_key
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.seed import demo_roster
from appliance.platform.reference.tables import CaptureRow as StoredRow

pytestmark = pytest.mark.faults


class Outbox:
    """The delivery process of one station."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = (self.data / "outbox.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "appliance.outbox", str(self.data)], stdout=log, stderr=log
            )

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def terminate(self) -> float:
        """SIGTERM; seconds until it was gone."""
        assert self._process is not None
        begun = time.monotonic()
        self._process.terminate()
        assert self._process.wait(10) == 0
        return time.monotonic() - begun


@pytest.fixture
def outbox(ledger: Ledger) -> Iterator[Outbox]:
    outbox = Outbox(ledger.data_dir)
    yield outbox
    outbox.kill()


def accept_some(ledger: Ledger, process: PlatformProcess, count: int, size: int) -> list[MadeCapture]:
    identity = process.enrol(ledger.data_dir / KEYS)
    students = demo_roster(count).students
    captures = [make_capture(identity, student, original_bytes=size) for student in students]
    for capture in captures:
        accept(ledger, capture)
    return captures


def assert_delivered(ledger: Ledger, process: PlatformProcess, captures: list[MadeCapture]) -> None:
    process.kill()
    platform = Platform.at(PlatformSettings(process.data))
    try:
        with platform.database.read() as session:
            rows = {row.capture_id: row for row in session.exec(select(StoredRow))}
        assert set(rows) == {capture.capture_id for capture in captures}
        for capture in captures:
            assert rows[capture.capture_id].record == capture.record
            assert platform.objects.get(photo_key(capture.capture_id)) == capture.photo
            assert platform.objects.get(original_key(capture.capture_id)) == capture.original
        assert list(platform.objects.keys("originals")) == sorted(map(original_key, rows))
        assert queue_status(ledger)["parked"] == 0
        with ledger.reading() as session:
            for kept in session.exec(select(CaptureRow)):
                assert json.loads(kept.receipt or "{}")["receipt_id"] == rows[kept.capture_id].receipt_id
    finally:
        platform.close()


@pytest.mark.parametrize("seed", [0])
def test_either_side_killed_at_random_moments(
    ledger: Ledger, platform_process: PlatformProcess, outbox: Outbox, seed: int
) -> None:
    draw = random.Random(seed)
    captures = accept_some(ledger, platform_process, count=5, size=1_500_000)
    outbox.start()
    kills = 0
    while queue_status(ledger)["waiting"] and kills < 8:
        time.sleep(draw.uniform(0.05, 1.2))
        victim = draw.choice([platform_process, outbox])
        victim.kill()
        victim.start()
        kills += 1
    wait_until("every capture has its receipt", lambda: queue_status(ledger)["waiting"] == 0, 60)
    assert kills >= 2
    assert_delivered(ledger, platform_process, captures)


def test_an_upload_killed_on_both_sides_goes_on_where_it_was(
    ledger: Ledger, platform_process: PlatformProcess, outbox: Outbox
) -> None:
    """Through a proxy that counts, so that going on is told apart from beginning again."""
    size = 8_000_000
    with ChaosProxy(("127.0.0.1", platform_process.port), lambda _: Fault(Break.DELAY, True, 2_000_000, 0.4)) as proxy:
        [capture] = accept_some(ledger, platform_process, count=1, size=size)
        at_address(platform_process.enrol(ledger.data_dir / KEYS), proxy.address).save(ledger.data_dir / KEYS)
        outbox.start()
        uploads = platform_process.data / "objects" / "uploads"
        wait_until("some pieces are durable", lambda: len(list(uploads.rglob("*-*"))) >= 2)
        outbox.kill()
        platform_process.kill()
        durable = sum(path.stat().st_size for path in uploads.rglob("*-*") if path.is_file())
        before = proxy.passed_up
        platform_process.start()
        outbox.start()
        wait_until("the receipt is here", lambda: queue_status(ledger)["receipted"] == 1, 30)
        sent_again = proxy.passed_up - before
    assert durable > 0
    assert sent_again < size - durable + 4 * 1024 * 1024 + 200_000, "at most one piece is sent twice"
    assert_delivered(ledger, platform_process, [capture])


def test_sigterm_in_the_middle_of_an_upload_ends_the_process_within_two_seconds(
    ledger: Ledger, platform_process: PlatformProcess, outbox: Outbox
) -> None:
    with ChaosProxy(("127.0.0.1", platform_process.port), lambda _: Fault(Break.STALL, True, 600_000)) as proxy:
        captures = accept_some(ledger, platform_process, count=1, size=3_000_000)
        keys = ledger.data_dir / KEYS
        at_address(platform_process.enrol(keys), proxy.address).save(keys)
        outbox.start()
        wait_until("the upload hangs", lambda: proxy.struck > 0)
        assert outbox.terminate() < 4.0, "two seconds on a machine of its own"
    at_address(platform_process.enrol(keys), platform_process.address).save(keys)
    outbox.start()
    wait_until("the receipt is here", lambda: queue_status(ledger)["receipted"] == 1, 30)
    assert_delivered(ledger, platform_process, captures)


def test_two_delivery_processes_share_the_work(ledger: Ledger, platform_process: PlatformProcess) -> None:
    captures = accept_some(ledger, platform_process, count=8, size=300_000)
    pair = [Outbox(ledger.data_dir), Outbox(ledger.data_dir)]
    for one in pair:
        one.start()
    try:
        wait_until("every capture has its receipt", lambda: queue_status(ledger)["waiting"] == 0, 60)
    finally:
        for one in pair:
            one.kill()
    log = (ledger.data_dir / "outbox.log").read_text()
    assert log.count("INFO delivered kind=receipt") == len(captures), "each receipt is taken once"
    assert_delivered(ledger, platform_process, captures)


def test_two_platform_processes_over_one_store_one_of_them_killed(
    ledger: Ledger, platform_process: PlatformProcess, outbox: Outbox
) -> None:
    """Behind one address each connection may meet either process; the one that is left goes on."""
    second = PlatformProcess(platform_process.data, free_port())
    second.start()
    ports = [platform_process.port, second.port]
    try:
        with ChaosProxy(("127.0.0.1", ports[0])) as proxy:

            def alternate(number: int) -> Fault | None:
                proxy.target = ("127.0.0.1", ports[number % len(ports)])
                return Fault(Break.RESET, True, 900_000)  # so that connections, and with them processes, change often

            proxy.plan = alternate
            captures = accept_some(ledger, platform_process, count=3, size=1_200_000)
            at_address(platform_process.enrol(ledger.data_dir / KEYS), proxy.address).save(ledger.data_dir / KEYS)
            outbox.start()
            wait_until("both have worked", lambda: proxy.connections >= 4, 60)
            second.kill()
            ports.pop()
            wait_until("every capture has its receipt", lambda: queue_status(ledger)["waiting"] == 0, 90)
    finally:
        second.kill()
    assert_delivered(ledger, platform_process, captures)
