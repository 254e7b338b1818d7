"""On a good link two originals go up at once; never two where a limit is set, or while the platform gives trouble."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from platform_fixtures import Counterpart, accept, wait_until

from appliance.ledger.store import Ledger
from appliance.outbox import controls
from appliance.outbox.link import Link
from appliance.outbox.process import KEYS, OutboxProcess
from appliance.outbox.status import queue_status
from appliance.outbox.tus import Original, TusUploader

PATIENCE = 60.0
ORIGINALS = 3
MEETING_S = 0.6  # longer than a worker that may look for work rests


@dataclass
class Uploads:
    """Counts the originals on their way; each waits a moment, or until another one joins it."""

    most: int = 0
    underway: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> None:
        with self.changed:
            self.underway += 1
            self.most = max(self.most, self.underway)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.most > 1, MEETING_S)

    def __exit__(self, *_: object) -> None:
        with self.changed:
            self.underway -= 1


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> Uploads:
    seen, upload = Uploads(), TusUploader.upload

    def watched(uploader: TusUploader, original: Original, path: str | None) -> None:
        with seen:
            upload(uploader, original, path)

    monkeypatch.setattr(TusUploader, "upload", watched)
    return seen


@contextmanager
def delivering(counterpart: Counterpart, ledger: Ledger) -> Iterator[None]:
    """The delivery process of a station with some captures."""
    identity = counterpart.enrol_into(ledger.data_dir / KEYS)
    for _ in range(ORIGINALS):
        accept(ledger, counterpart.capture(identity))
    process = OutboxProcess(ledger, version="test")
    thread = threading.Thread(target=process.run)
    thread.start()
    try:
        yield
    finally:
        process.stop()
        thread.join(PATIENCE)


def received(ledger: Ledger) -> bool:
    return bool(queue_status(ledger)["receipted"] == ORIGINALS)


def test_the_next_original_goes_up_beside_the_first(counterpart: Counterpart, ledger: Ledger, uploads: Uploads) -> None:
    with delivering(counterpart, ledger):
        wait_until("the receipts are there", lambda: received(ledger), PATIENCE)
    assert uploads.most == 2
    assert queue_status(ledger)["progress"] is None


def test_a_limit_is_for_one_original_at_a_time(counterpart: Counterpart, ledger: Ledger, uploads: Uploads) -> None:
    controls.limit(ledger, 10_000_000)
    with delivering(counterpart, ledger):
        wait_until("the receipts are there", lambda: received(ledger), PATIENCE)
    assert uploads.most == 1


def test_a_platform_in_trouble_is_not_asked_by_two(
    counterpart: Counterpart, ledger: Ledger, uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Link, "is_sound", False)
    with delivering(counterpart, ledger):
        wait_until("the receipts are there", lambda: received(ledger), PATIENCE)
    assert uploads.most == 1
