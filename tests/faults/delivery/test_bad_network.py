"""Between station and platform a network that breaks in every way, again and again: everything arrives once, unaltered."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest
from chaos_proxy import Break, ChaosProxy, Fault
from platform_fixtures import Counterpart, MadeCapture, accept, at_address
from sqlmodel import func, select

from appliance.ledger.store import Ledger
from appliance.outbox.backoff import Backoff
from appliance.outbox.link import Link
from appliance.outbox.status import queue_status
from appliance.outbox.worker import OutboxWorker, Waits
from appliance.platform.client import PlatformClient
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.captures import original_key, photo_key
from appliance.platform.reference.tables import CaptureRow as StoredRow

pytestmark = pytest.mark.faults

QUICK = Backoff(base_s=0.0, cap_s=0.0)
SHORT = httpx2.Timeout(0.6)


@pytest.fixture
def proxy(counterpart: Counterpart) -> Iterator[ChaosProxy]:
    url = urlsplit(counterpart.address)
    assert url.hostname is not None
    assert url.port is not None
    with ChaosProxy((url.hostname, url.port)) as proxy:
        yield proxy


def deliver_all(ledger: Ledger, identity: StationIdentity, *, limit: int) -> None:
    """Work until the queue is empty; each client lives for a few steps, so that faults meet fresh connections too."""
    waits = Waits(row=QUICK, link=QUICK, hold=QUICK)
    for _ in range(limit):
        with PlatformClient(identity, timeout=SHORT) as client:
            worker = OutboxWorker(ledger, client, Link(ledger), threading.Event(), waits=waits)
            for _ in range(4):
                worker.step()
        status = queue_status(ledger)
        assert status["parked"] == 0, f"a bad network parks nothing: {status['parked_items']}"
        if status["waiting"] == 0:
            return
    raise AssertionError(f"still waiting: {queue_status(ledger)}")


def assert_once_and_unaltered(counterpart: Counterpart, captures: list[MadeCapture]) -> None:
    with counterpart.platform.database.read() as session:
        assert session.exec(select(func.count()).select_from(StoredRow)).one() == len(captures)
    for capture in captures:
        assert counterpart.platform.objects.get(photo_key(capture.capture_id)) == capture.photo
        assert counterpart.platform.objects.get(original_key(capture.capture_id)) == capture.original


@pytest.mark.parametrize("to_platform", [True, False], ids=["request", "answer"])
@pytest.mark.parametrize("what", [what for what in Break if what is not Break.STALL])
def test_one_kind_of_fault_on_most_connections(
    counterpart: Counterpart, ledger: Ledger, proxy: ChaosProxy, what: Break, to_platform: bool
) -> None:
    draw = random.Random(f"{what}{to_platform}")
    identity = counterpart.enrol()
    captures = [counterpart.capture(identity, original_bytes=400_000) for _ in range(2)]
    for capture in captures:
        accept(ledger, capture)
    reach = 450_000 if to_platform else 900

    def plan(number: int) -> Fault | None:
        hit = number == 0 or draw.random() < 0.7
        return Fault(what, to_platform, draw.randrange(reach if number else 900)) if hit else None

    proxy.plan = plan
    deliver_all(ledger, at_address(identity, proxy.address), limit=150)
    assert_once_and_unaltered(counterpart, captures)
    assert proxy.struck > 0


def test_a_connection_that_stalls_is_given_up_and_the_upload_goes_on_where_it_was(
    counterpart: Counterpart, ledger: Ledger, proxy: ChaosProxy
) -> None:
    identity = counterpart.enrol()
    capture = counterpart.capture(identity, original_bytes=1_500_000)
    accept(ledger, capture)
    proxy.plan = lambda number: Fault(Break.STALL, True, 700_000) if number == 0 else None
    deliver_all(ledger, at_address(identity, proxy.address), limit=20)
    assert_once_and_unaltered(counterpart, [capture])
    assert proxy.struck == 1
