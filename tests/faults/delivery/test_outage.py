"""The platform is away while students go on being photographed: when it is back the queue drains by itself, oldest first."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from platform_fixtures import PlatformProcess, accept, make_capture, wait_until
from sqlmodel import col, select

from appliance.ledger.store import Ledger
from appliance.outbox.backoff import Backoff
from appliance.outbox.link import Link
from appliance.outbox.status import queue_status
from appliance.outbox.worker import OutboxWorker, Waits
from appliance.platform.client import PlatformClient
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.seed import demo_roster
from appliance.platform.reference.tables import CaptureRow

pytestmark = pytest.mark.faults


@contextmanager
def delivering(ledger: Ledger, identity: StationIdentity) -> Iterator[None]:
    """A worker in a thread; its waits grow as in earnest, to a second."""
    waits, stopping = Waits(row=Backoff(0.1, 1.0), link=Backoff(0.1, 1.0)), threading.Event()
    with PlatformClient(identity) as client:
        worker = OutboxWorker(ledger, client, Link(ledger), stopping, waits=waits)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join(20)


def test_after_an_outage_the_queue_drains_by_itself_oldest_first(
    ledger: Ledger, platform_process: PlatformProcess
) -> None:
    identity = platform_process.enrol(ledger.data_dir / "keys")
    students = demo_roster(6).students
    taken: list[str] = []
    with delivering(ledger, identity):
        platform_process.kill()
        for student in students:
            taken.append(accept(ledger, make_capture(identity, student, original_bytes=60_000)))
            time.sleep(0.1)  # the worker tries in vain meanwhile
        wait_until("it is noticed", lambda: queue_status(ledger)["online"] is False)
        assert queue_status(ledger)["parked"] == 0
        platform_process.start()
        wait_until("every capture has its receipt", lambda: queue_status(ledger)["waiting"] == 0, 60)
    platform_process.kill()
    platform = Platform.at(PlatformSettings(platform_process.data))
    with platform.database.read() as session:
        for column in (CaptureRow.received_at, CaptureRow.photo_at, CaptureRow.original_at, CaptureRow.stored_at):
            arrived = session.exec(select(CaptureRow.capture_id, column).order_by(col(column))).all()
            assert [capture_id for capture_id, _ in arrived] == taken, f"oldest first by {column}"
    platform.close()
