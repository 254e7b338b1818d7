"""The whole delivery against the real reference platform: accepted captures end with receipts, whatever happens between."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from platform_fixtures import Counterpart, MadeCapture, accept, at_address, wait_until
from sqlmodel import select

from appliance.ledger.journal import verify
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryState, OutboxRow
from appliance.outbox.backoff import Backoff
from appliance.outbox.link import Link
from appliance.outbox.process import KEYS, ROSTERS, OutboxProcess
from appliance.outbox.status import queue_status, retry_parked
from appliance.outbox.worker import OutboxWorker, Waits
from appliance.platform.client import PlatformClient
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.captures import original_key, photo_key
from appliance.platform.reference.stations import revoke
from appliance.platform.reference.tables import CaptureRow as StoredRow
from appliance.platform.reference.tables import StationRow, UploadRow

AT_ONCE = Backoff(base_s=0.0, cap_s=0.0)


def worker_over(ledger: Ledger, client: PlatformClient) -> OutboxWorker:
    waits = Waits(row=AT_ONCE, link=AT_ONCE, hold=AT_ONCE)
    return OutboxWorker(ledger, client, Link(ledger), threading.Event(), waits=waits)


def drain(worker: OutboxWorker, limit: int = 100) -> int:
    steps = 0
    while worker.step():
        steps += 1
        assert steps < limit, "the queue does not come to rest"
    return steps


def states(ledger: Ledger) -> list[DeliveryState]:
    with ledger.reading() as session:
        return list(session.exec(select(OutboxRow.state).order_by(OutboxRow.id)))


@pytest.fixture
def captures(counterpart: Counterpart, identity: StationIdentity, ledger: Ledger) -> list[MadeCapture]:
    made = [counterpart.capture(identity, original_bytes=200_000) for _ in range(3)]
    for capture in made:
        accept(ledger, capture)
    return made


def test_every_capture_ends_with_a_receipt_and_the_same_bytes_at_the_platform(
    counterpart: Counterpart, client: PlatformClient, ledger: Ledger, captures: list[MadeCapture]
) -> None:
    assert drain(worker_over(ledger, client)) == 4 * len(captures)
    for capture in captures:
        assert counterpart.platform.objects.get(photo_key(capture.capture_id)) == capture.photo
        assert counterpart.platform.objects.get(original_key(capture.capture_id)) == capture.original
        with counterpart.platform.database.read() as session:
            assert session.get_one(StoredRow, capture.capture_id).record == capture.record
    status = queue_status(ledger)
    assert (status["waiting"], status["receipted"], status["bytes_waiting"]) == (0, 3, 0)
    assert status["online"] is True
    assert status["last_receipt"]["capture_id"] in {capture.capture_id for capture in captures}


def test_the_receipt_is_kept_with_its_signature_and_journaled(
    client: PlatformClient, ledger: Ledger, captures: list[MadeCapture]
) -> None:
    drain(worker_over(ledger, client))
    with ledger.reading() as session:
        row = session.get_one(CaptureRow, captures[0].capture_id)
        assert row.receipt is not None
        assert json.loads(row.receipt)["jws"].count(".") == 2
        assert verify(session, ledger.keys.signing.public_key()) >= 6  # the chain holds over both writers


def test_small_records_of_all_captures_go_before_the_first_original(
    client: PlatformClient, ledger: Ledger, captures: list[MadeCapture], monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    for name in ("put_record", "put_photo", "create_upload", "receipt"):
        real: Callable[..., object] = getattr(client, name)

        def noted(*given: object, name: str = name, real: Callable[..., object] = real) -> object:
            order.append(name)
            return real(*given)

        monkeypatch.setattr(client, name, noted)
    drain(worker_over(ledger, client))
    assert order[:6] == ["put_record"] * 3 + ["put_photo"] * 3
    assert order[6:] == ["create_upload", "receipt"] * 3, "a receipt does not wait for the originals of others"


def test_without_network_rows_keep_their_turn_and_go_out_when_it_is_back(
    counterpart: Counterpart, identity: StationIdentity, ledger: Ledger, captures: list[MadeCapture]
) -> None:
    with PlatformClient(at_address(identity, "http://127.0.0.1:9")) as nobody:
        worker = worker_over(ledger, nobody)
        for _ in range(5):
            worker.step()
    status = queue_status(ledger)
    assert status["online"] is False
    assert "ConnectError" in status["last_error"]
    with ledger.reading() as session:
        assert sum(session.exec(select(OutboxRow.attempts)).all()) == 0, "an outage is not a row's fault"
    with PlatformClient(identity) as client:
        drain(worker_over(ledger, client))
    assert set(states(ledger)) == {DeliveryState.DONE}
    assert queue_status(ledger)["last_error"] is None


def test_a_damaged_file_is_parked_with_its_reason_and_stops_nobody_else(
    client: PlatformClient, ledger: Ledger, captures: list[MadeCapture]
) -> None:
    hurt = captures[0].capture_id
    ledger.vault.write(hurt, "photo", b"another picture")
    drain(worker_over(ledger, client))
    status = queue_status(ledger)
    assert (status["parked"], status["receipted"]) == (1, 2)
    assert status["parked_items"][0]["kind"] == "photo"
    assert "its record says" in status["parked_items"][0]["error"]
    ledger.vault.write(hurt, "photo", captures[0].photo)
    assert retry_parked(ledger, status["parked_items"][0]["id"])
    drain(worker_over(ledger, client))
    assert queue_status(ledger)["receipted"] == 3


def test_a_record_the_platform_refuses_is_parked(
    counterpart: Counterpart, identity: StationIdentity, client: PlatformClient, ledger: Ledger
) -> None:
    first = counterpart.capture(identity)
    client.put_record(first.capture_id, first.record)
    second = counterpart.capture(identity)
    clash = MadeCapture(first.capture_id, second.visit_id, first.record.replace(b'"0"', b'"1"'), b"p", b"o")
    accept(ledger, clash)
    drain(worker_over(ledger, client))
    [parked] = queue_status(ledger)["parked_items"]
    assert "other-record" in parked["error"]
    assert not retry_parked(ledger, parked["id"] + 1)


def test_a_revoked_station_stops_without_parking_and_goes_on_when_let_in_again(
    counterpart: Counterpart,
    identity: StationIdentity,
    client: PlatformClient,
    ledger: Ledger,
    captures: list[MadeCapture],
) -> None:
    revoke(counterpart.platform, identity.station_id)
    worker = worker_over(ledger, client)
    worker.step()
    status = queue_status(ledger)
    assert (status["parked"], status["waiting"]) == (0, 3)
    assert "revoked" in status["last_error"]
    with counterpart.platform.database.write() as session:
        session.get_one(StationRow, identity.station_id).revoked_at = None
    drain(worker)
    assert queue_status(ledger)["receipted"] == 3


def test_what_the_platform_lost_before_its_receipt_is_sent_again(
    counterpart: Counterpart, client: PlatformClient, ledger: Ledger, captures: list[MadeCapture]
) -> None:
    worker = worker_over(ledger, client)
    for _ in range(7):  # three records, three photos, one original
        worker.step()
    with counterpart.platform.database.write() as session:  # the platform comes back from yesterday's backup
        for table in (StoredRow, UploadRow):
            for row in session.exec(select(table)):
                session.delete(row)
    drain(worker)
    assert queue_status(ledger)["receipted"] == 3


def test_the_process_fetches_rosters_waits_for_enrolment_and_stops_quickly(
    counterpart: Counterpart, ledger: Ledger
) -> None:
    process = OutboxProcess(ledger, version="test")
    thread = threading.Thread(target=process.run)
    thread.start()
    try:
        wait_until(
            "it says that it is not enrolled", lambda: "not enrolled" in (queue_status(ledger)["last_error"] or "")
        )
        keys: Path = ledger.data_dir / KEYS
        enrolled = counterpart.enrol_into(keys)
        wait_until("the roster is there", lambda: any((ledger.data_dir / ROSTERS).glob("*.jws")))
        capture = counterpart.capture(enrolled)
        accept(ledger, capture)
        wait_until("the receipt is there", lambda: queue_status(ledger)["receipted"] == 1)
    finally:
        process.stop()
        thread.join(2.0)
    assert not thread.is_alive(), "a clean stop takes less than two seconds"
