"""Pause, resume, a limit for the network, and progress, on a real delivery."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import pytest
from platform_fixtures import Counterpart, accept

from appliance.ledger.store import Ledger
from appliance.outbox import controls, delivery
from appliance.outbox.link import Link
from appliance.outbox.progress import FILE, Progress, read_progress
from appliance.outbox.status import queue_status
from appliance.outbox.worker import OutboxWorker
from appliance.platform.client import PlatformClient
from appliance.platform.identity import StationIdentity


@pytest.fixture
def worker(ledger: Ledger, client: PlatformClient) -> OutboxWorker:
    return OutboxWorker(ledger, client, Link(ledger), threading.Event())


def steps(worker: OutboxWorker, count: int = 50) -> None:
    for _ in range(count):
        if not worker.step():
            return


def after_each_piece(monkeypatch: pytest.MonkeyPatch, look: Callable[[], None]) -> None:
    moved = Progress.moved

    def watched(self: Progress, capture_id: str, offset: int, count: int) -> None:
        moved(self, capture_id, offset, count)
        look()

    monkeypatch.setattr(Progress, "moved", watched)


def test_nothing_is_delivered_while_paused_and_everything_after(
    counterpart: Counterpart, identity: StationIdentity, ledger: Ledger, worker: OutboxWorker
) -> None:
    accept(ledger, counterpart.capture(identity))
    controls.pause(ledger, "4G 流量用完了")
    assert not worker.step()
    status = queue_status(ledger)
    assert (status["paused"], status["pause_reason"], status["waiting"]) == (True, "4G 流量用完了", 1)
    controls.resume(ledger)
    steps(worker)
    assert queue_status(ledger)["receipted"] == 1


def test_an_original_on_its_way_stops_after_its_piece_and_goes_on_there(
    counterpart: Counterpart,
    identity: StationIdentity,
    ledger: Ledger,
    worker: OutboxWorker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accept(ledger, counterpart.capture(identity, original_bytes=3_000_000))
    offsets: list[int] = []

    def pause_at_first() -> None:
        progress = read_progress(ledger.data_dir)
        assert progress is not None
        offsets.append(progress["sent"])
        if len(offsets) == 1:
            controls.pause(ledger)

    after_each_piece(monkeypatch, pause_at_first)
    steps(worker)
    assert len(offsets) == 1
    assert queue_status(ledger)["parked"] == 0
    assert queue_status(ledger)["progress"] is None
    controls.resume(ledger)
    steps(worker)
    assert queue_status(ledger)["receipted"] == 1
    assert offsets == sorted(offsets)
    assert offsets[1] > offsets[0], "it went on, and did not begin again"


def test_a_limit_is_kept_and_seen_in_the_progress(
    counterpart: Counterpart,
    identity: StationIdentity,
    ledger: Ledger,
    worker: OutboxWorker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "_PIECE_S", 1)
    accept(ledger, counterpart.capture(identity, original_bytes=300_000))
    controls.limit(ledger, 100_000)
    rates: list[float] = []

    def note() -> None:
        progress = read_progress(ledger.data_dir)
        assert progress is not None
        rates.append(progress["bytes_per_s"])

    after_each_piece(monkeypatch, note)
    begun = time.monotonic()
    steps(worker)
    assert time.monotonic() - begun > 1.5, "300 kB at 100 kB/s, the first second given in advance"
    assert len(rates) == 3, "pieces no longer than the limit lets through in a second"
    assert queue_status(ledger)["receipted"] == 1
    assert queue_status(ledger)["limit"] == 100_000
    controls.limit(ledger, None)
    assert queue_status(ledger)["limit"] is None


def test_a_limit_that_would_never_end_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="pause"):
        controls.limit(ledger, 0)


def test_progress_of_a_killed_process_is_not_shown_for_ever(ledger: Ledger) -> None:
    progress = Progress(ledger.data_dir)
    progress.begin("c", 1000)
    progress.moved("c", 500, 100)
    found = read_progress(ledger.data_dir)
    assert found is not None
    assert (found["capture_id"], found["sent"], found["total"]) == ("c", 500, 1000)
    os.utime(ledger.data_dir / FILE, (1, 1))
    assert read_progress(ledger.data_dir) is None
    (ledger.data_dir / FILE).write_text("{")
    assert read_progress(ledger.data_dir) is None
    progress.end("c")
    progress.end("c")


def test_an_original_stops_when_the_link_becomes_metered_and_goes_on_there_afterwards(
    counterpart: Counterpart,
    identity: StationIdentity,
    ledger: Ledger,
    worker: OutboxWorker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accept(ledger, counterpart.capture(identity, original_bytes=3_000_000))
    controls.links(ledger, "unmetered")
    controls.metered(ledger, False)
    arrived: list[int] = []

    def gym_wifi_goes() -> None:
        arrived.append(1)
        controls.metered(ledger, True)

    after_each_piece(monkeypatch, gym_wifi_goes)
    steps(worker)
    status = queue_status(ledger)
    assert (len(arrived), status["originals_held"], status["receipted"]) == (1, 1, 0)
    monkeypatch.undo()
    controls.metered(ledger, False)
    steps(worker)
    assert queue_status(ledger)["receipted"] == 1
