"""Leases: one worker a row, in order, freed with its owner, and never twice."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from platform_fixtures import MadeCapture, accept
from sqlmodel import select

from appliance.ledger import boot
from appliance.ledger.store import Ledger
from appliance.ledger.tables import DeliveryKind, DeliveryState, OutboxRow
from appliance.outbox import leases as leases_module
from appliance.outbox.leases import LARGE, LEASE_S, SMALL, Job, Leases
from appliance.outbox.owners import is_alive, this_owner


def put(ledger: Ledger, number: int) -> str:
    capture_id = f"00000000-0000-4000-8000-{number:012d}"
    return accept(ledger, MadeCapture(capture_id, f"visit-{number}", b"{}", b"photo", b"original"))


def finish(ledger: Ledger, leases: Leases, job: Job | None) -> Job:
    assert job is not None
    with ledger.session() as session:
        assert leases.done(session, job)
    return job


def row(ledger: Ledger, job: Job) -> OutboxRow:
    with ledger.reading() as session:
        return session.get_one(OutboxRow, job.row_id)


@pytest.fixture
def leases(ledger: Ledger) -> Leases:
    return Leases(ledger)


def test_a_record_does_not_wait_behind_an_original_on_its_way(ledger: Ledger) -> None:
    small, large = Leases(ledger, kinds=SMALL), Leases(ledger, kinds=LARGE)
    put(ledger, 1)
    assert large.take() is None, "its record and photo come first"
    assert [finish(ledger, small, small.take()).kind for _ in range(2)] == [DeliveryKind.RECORD, DeliveryKind.PHOTO]
    original = large.take()
    assert original is not None
    second = put(ledger, 2)
    record = small.take()
    assert record is not None
    assert (record.capture_id, record.kind) == (second, DeliveryKind.RECORD)
    finish(ledger, large, original)
    finish(ledger, small, record)
    assert finish(ledger, small, small.take()).kind is DeliveryKind.RECEIPT
    assert (large.next_due_s(), large.take()) == (None, None)


def test_an_empty_outbox_gives_nothing(leases: Leases) -> None:
    assert leases.take() is None
    assert leases.next_due_s() is None


def test_parts_of_a_capture_go_in_order_and_records_of_others_go_first(ledger: Ledger, leases: Leases) -> None:
    first, second = put(ledger, 1), put(ledger, 2)
    taken = []
    while (job := leases.take()) is not None:
        taken.append((job.kind, job.capture_id))
        finish(ledger, leases, job)
    assert taken == [
        (DeliveryKind.RECORD, first),
        (DeliveryKind.RECORD, second),
        (DeliveryKind.PHOTO, first),
        (DeliveryKind.PHOTO, second),
        (DeliveryKind.ORIGINAL, first),
        (DeliveryKind.RECEIPT, first),
        (DeliveryKind.ORIGINAL, second),
        (DeliveryKind.RECEIPT, second),
    ]


def test_a_leased_row_is_nobody_elses(ledger: Ledger, leases: Leases) -> None:
    put(ledger, 1)
    assert leases.take() is not None
    assert Leases(ledger).take() is None


def test_racing_workers_never_hold_the_same_row(ledger: Ledger) -> None:
    for number in range(12):
        put(ledger, number)
    taken: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        mine = Leases(ledger)
        start.wait()
        while (job := mine.take()) is not None:
            taken.append(job.row_id)
            finish(ledger, mine, job)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 48


def test_a_row_whose_process_is_gone_is_free_at_once(ledger: Ledger, leases: Leases) -> None:
    put(ledger, 1)
    code = "from appliance.outbox.owners import this_owner; print(this_owner())"
    gone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    held = Leases(ledger, owner=gone).take()
    assert held is not None
    assert not is_alive(gone)
    again = leases.take()
    assert again is not None
    assert again.row_id == held.row_id


def test_owners_are_told_apart_and_this_process_lives() -> None:
    one, two = this_owner(), this_owner()
    assert one != two
    assert is_alive(one)
    for nobody in ("", "x", "1", "1:0:aa", "999999999:5:aa"):
        assert not is_alive(nobody)


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_changes_nothing_more(
    ledger: Ledger, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ledger, 1)
    slow = leases.take()
    assert slow is not None
    late = boot.boot_clock() + LEASE_S + 1
    monkeypatch.setattr(leases_module, "boot_clock", lambda: late)
    quick = Leases(ledger)
    assert finish(ledger, quick, quick.take()).row_id == slow.row_id
    assert not leases.renew(slow)
    leases.park(slow, "too late")
    leases.later(slow, 10, "too late")
    with ledger.session() as session:
        assert not leases.done(session, slow)
    assert row(ledger, slow).state is DeliveryState.DONE


def test_a_renewed_lease_is_kept_with_the_address_of_its_upload(ledger: Ledger, leases: Leases) -> None:
    put(ledger, 1)
    job = leases.take()
    assert job is not None
    assert leases.renew(job, upload_url="/v1/uploads/abc")
    assert leases.renew(job)
    leases.later(job, 0.0, "broke off")
    again = leases.take()
    assert again is not None
    assert (again.upload_url, again.attempts, again.last_error) == ("/v1/uploads/abc", 1, "broke off")


def test_a_row_waits_until_it_is_due_and_no_other_boot_makes_it_wait(
    ledger: Ledger, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ledger, 1)
    job = leases.take()
    assert job is not None
    leases.later(job, 1000.0, "busy")
    assert leases.take() is None
    assert leases.next_due_s() == pytest.approx(1000.0, abs=5)
    monkeypatch.setattr(leases_module, "boot_id", lambda: "after a reboot")
    assert leases.take() is not None, "the boot clock began again: nobody waits for the old one"


def test_what_does_not_count_leaves_the_number_of_tries(ledger: Ledger, leases: Leases) -> None:
    put(ledger, 1)
    for counted, attempts in ((False, 0), (True, 1), (False, 1)):
        job = leases.take()
        assert job is not None
        leases.later(job, 0.0, "x", counted=counted)
        assert row(ledger, job).attempts == attempts


def test_a_parked_row_stops_its_own_capture_only(ledger: Ledger, leases: Leases) -> None:
    hurt, sound = put(ledger, 1), put(ledger, 2)
    job = leases.take()
    assert job is not None
    assert job.capture_id == hurt
    leases.park(job, "refused")
    rest = []
    while (job := leases.take()) is not None:
        rest.append(finish(ledger, leases, job).capture_id)
    assert rest == [sound] * 4


def test_lost_parts_are_opened_again_and_only_those(ledger: Ledger, leases: Leases) -> None:
    put(ledger, 1)
    for _ in range(3):
        finish(ledger, leases, leases.take())
    receipt = leases.take()
    assert receipt is not None
    leases.later(receipt, 0.0, "parts missing")
    leases.reopen(receipt, ["photo", "original"])
    with ledger.reading() as session:
        states = {one.kind: one.state for one in session.exec(select(OutboxRow))}
    assert states == {
        DeliveryKind.RECORD: DeliveryState.DONE,
        DeliveryKind.PHOTO: DeliveryState.PENDING,
        DeliveryKind.ORIGINAL: DeliveryState.PENDING,
        DeliveryKind.RECEIPT: DeliveryState.PENDING,
    }
    job = leases.take()
    assert job is not None
    assert job.kind is DeliveryKind.PHOTO


def test_ending_gives_everything_back(ledger: Ledger, leases: Leases) -> None:
    put(ledger, 1)
    assert leases.take() is not None
    leases.release()
    assert Leases(ledger).take() is not None
