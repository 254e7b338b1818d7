"""How the worker waits: for the link, for a row, for news; and what it shows meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from platform_fixtures import MadeCapture, accept

from appliance.ledger.store import Ledger
from appliance.ledger.tables import LinkRow
from appliance.outbox import link as link_module
from appliance.outbox import status
from appliance.outbox import worker as worker_module
from appliance.outbox.backoff import Backoff
from appliance.outbox.leases import Leases
from appliance.outbox.link import BEAT_S, SILENT_AFTER_S, Link
from appliance.outbox.status import NOT_RUNNING, queue_status, retry_parked
from appliance.outbox.worker import OutboxWorker, Waits
from appliance.platform.clock import PlatformClock
from appliance.platform.errors import PlatformBusy, PlatformError, PlatformUnreachable

LONG = Backoff(60.0, 60.0, lambda: 1.0)
NEVER = Backoff(0.0, 0.0)


def put(ledger: Ledger, number: int) -> str:
    capture_id = f"00000000-0000-4000-8000-{number:012d}"
    return accept(ledger, MadeCapture(capture_id, f"visit-{number}", b"{}", b"photo", b"original"))


class Refusing:
    """A platform that answers every record with the same error, and counts."""

    def __init__(self, error: PlatformError) -> None:
        self.error = error
        self.asked: list[float] = []
        self.clock = PlatformClock()

    def put_record(self, *_: object) -> None:
        self.asked.append(time.monotonic())
        raise self.error


@pytest.fixture
def run(ledger: Ledger) -> Iterator[SimpleNamespace]:
    """Starts a worker in a thread; ends it."""
    stopping, threads = threading.Event(), []

    def start(platform: Refusing, waits: Waits) -> None:
        worker = OutboxWorker(ledger, platform, Link(ledger), stopping, waits=waits)  # type: ignore[arg-type]
        threads.append(threading.Thread(target=worker.run))
        threads[-1].start()

    yield SimpleNamespace(start=start)
    stopping.set()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def asked_within(platform: Refusing, count: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while len(platform.asked) < count and time.monotonic() < end:
        time.sleep(0.02)
    return len(platform.asked) >= count


def test_a_new_capture_ends_the_wait_for_the_link_but_no_sooner_than_two_seconds(
    ledger: Ledger, run: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "PROBE_S", 0.6)
    put(ledger, 1)
    platform = Refusing(PlatformUnreachable("no answer"))
    run.start(platform, Waits(row=LONG, link=LONG, hold=LONG))
    assert asked_within(platform, 1, 5)
    put(ledger, 2)
    assert asked_within(platform, 2, 5)
    assert platform.asked[1] - platform.asked[0] >= 0.6


def test_what_is_no_news_does_not_end_it(ledger: Ledger, run: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "PROBE_S", 0.2)
    put(ledger, 1)
    platform = Refusing(PlatformUnreachable("no answer"))
    run.start(platform, Waits(row=LONG, link=LONG, hold=LONG))
    assert asked_within(platform, 1, 5)
    for number in range(6):
        ledger.keep_note("something", str(number))
        time.sleep(0.2)
    assert len(platform.asked) == 1


def test_not_even_news_comes_before_what_the_platform_asked_for(
    ledger: Ledger, run: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "PROBE_S", 0.1)
    put(ledger, 1)
    platform = Refusing(PlatformBusy("503", retry_after=1.2))
    run.start(platform, Waits(row=LONG, link=NEVER, hold=LONG))
    assert asked_within(platform, 1, 5)
    put(ledger, 2)
    assert asked_within(platform, 2, 5)
    assert platform.asked[1] - platform.asked[0] >= 1.2


def test_an_operators_retry_is_news(ledger: Ledger) -> None:
    put(ledger, 1)
    leases = Leases(ledger)
    job = leases.take()
    assert job is not None
    leases.park(job, "refused")
    before = leases.fresh_rows()
    assert retry_parked(ledger, None)
    assert leases.fresh_rows() != before


def test_the_link_is_written_when_it_turns_and_as_a_sign_of_life(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(link_module, "boot_clock", lambda: now)
    link = Link(ledger)

    def row() -> tuple[bool | None, str | None, float, int]:
        with ledger.reading() as session:
            kept = session.get_one(LinkRow, 1)
            return kept.online, kept.last_error, kept.beat, kept.uploaded_bytes

    link.failed("ConnectError")
    assert row() == (False, "ConnectError", 1000.0, 0)
    now += 1
    link.failed("ReadTimeout")
    assert row()[1] == "ConnectError", "another wording of the same trouble costs no write"
    link.answered("2026-06-01T08:00:00")
    assert row() == (True, None, 1001.0, 0)
    link.sent(500)
    link.beat()
    assert row()[2:] == (1001.0, 0)
    now += BEAT_S
    link.beat()
    assert row()[2:] == (1001.0 + BEAT_S, 500)
    link.answered("2026-06-01T08:00:30", error="403 revoked")
    assert row()[:2] == (True, "403 revoked")


def test_without_a_sign_of_life_the_operator_is_told_that_nothing_delivers(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert queue_status(ledger)["last_error"] == NOT_RUNNING
    Link(ledger).answered("2026-06-01T08:00:00")
    assert queue_status(ledger)["online"] is True

    late = status.boot_clock() + SILENT_AFTER_S + 1
    monkeypatch.setattr(status, "boot_clock", lambda: late)
    assert queue_status(ledger)["online"] is None
    assert queue_status(ledger)["last_error"] == NOT_RUNNING
