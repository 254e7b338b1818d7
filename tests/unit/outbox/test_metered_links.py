"""Originals wait where the link costs by the byte and the plan minds; a student's captures go in the order they were taken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from platform_fixtures import MadeCapture, accept, wait_until

from appliance.ledger.store import Ledger
from appliance.ledger.tables import DeliveryKind
from appliance.outbox import controls, metered
from appliance.outbox.leases import Leases
from appliance.outbox.link import Link
from appliance.outbox.metered import Held, LinkCost, ask_network_manager
from appliance.outbox.plans import keep_plans
from appliance.outbox.status import queue_status
from appliance.outbox.worker import OutboxWorker
from appliance.platform.clock import PlatformClock
from appliance.platform.contract import Plan

PLAN = "demo-2026-bachelor"


def put(ledger: Ledger, number: int, student: str | None = None) -> str:
    capture_id = f"00000000-0000-4000-8000-{number:012d}"
    return accept(ledger, MadeCapture(capture_id, f"visit-{number}", b"{}", b"photo", b"original"), student=student)


def everything(ledger: Ledger, held: Held) -> list[tuple[str, DeliveryKind]]:
    """What is taken, each done at once."""
    leases, taken = Leases(ledger), []
    while (job := leases.take(held)) is not None:
        taken.append((job.capture_id, job.kind))
        with ledger.session() as session:
            assert leases.done(session, job)
    return taken


@pytest.mark.parametrize("held", [Held(every=True), Held(frozenset({PLAN, "another"}))])
def test_held_originals_stay_and_everything_else_goes(ledger: Ledger, held: Held) -> None:
    first, second = put(ledger, 1), put(ledger, 2)
    kinds = [kind for _, kind in everything(ledger, held)]
    assert kinds == [DeliveryKind.RECORD] * 2 + [DeliveryKind.PHOTO] * 2
    assert Leases(ledger).next_due_s(held) is None, "what is held is not waited for as if it were due"
    rest = everything(ledger, Held(frozenset({"another"})))
    assert rest == [
        (first, DeliveryKind.ORIGINAL),
        (first, DeliveryKind.RECEIPT),
        (second, DeliveryKind.ORIGINAL),
        (second, DeliveryKind.RECEIPT),
    ]


def test_plans_are_asked_first_and_the_network_only_where_one_minds(
    ledger: Ledger, roster_plan: Callable[..., Plan]
) -> None:
    asked: list[int] = []

    def ask() -> bool:
        asked.append(1)
        return True

    put(ledger, 1)
    cost = LinkCost(ledger, ask)
    assert not cost.held()
    keep_plans(ledger, [roster_plan(PLAN)])
    assert not cost.held()
    assert asked == []
    keep_plans(ledger, [roster_plan(PLAN, originals="unmetered")])
    assert cost.held() == Held(frozenset({PLAN}))
    cost.held()
    assert len(asked) == 1, "not for every row"
    status = queue_status(ledger)
    assert (status["metered"], status["originals"], status["originals_held"]) == (True, "plan", 1)


def test_the_operator_has_the_last_word(ledger: Ledger, roster_plan: Callable[..., Plan]) -> None:
    put(ledger, 1)
    keep_plans(ledger, [roster_plan(PLAN, originals="unmetered")])
    cost = LinkCost(ledger, lambda: None)
    assert not cost.held(), "of unknown cost counts as unmetered"
    controls.metered(ledger, True)
    assert cost.held()
    controls.links(ledger, "any")
    assert not cost.held()
    assert queue_status(ledger)["originals_held"] == 0
    controls.links(ledger, "unmetered")
    assert cost.held() == Held(every=True)
    assert queue_status(ledger)["originals_held"] == 1
    controls.metered(ledger, False)
    assert not cost.held()


@pytest.mark.parametrize(
    ("said", "code", "means"),
    [("u 1", 0, True), ("u 3", 0, True), ("u 2", 0, False), ("u 4", 0, False), ("u 0", 0, None), ("no bus", 1, None)],
)
def test_network_manager_is_asked_and_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: int, means: bool | None
) -> None:
    program = tmp_path / "busctl"
    program.write_text(f'#!/bin/sh\n[ "$2" = org.freedesktop.NetworkManager ] && echo "{said}"\nexit {code}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert ask_network_manager() is means


def test_without_systemd_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask_network_manager() is None


def test_the_worker_rests_while_originals_are_held_and_goes_on_by_itself(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No busy waiting; a link that becomes free is noticed without anything happening in the ledger."""
    monkeypatch.setattr(metered, "LOOK_S", 0.2)
    monkeypatch.setattr("appliance.outbox.worker.COST_LOOK_S", 0.2)
    put(ledger, 1)
    costs, steps, delivered = [True], [0], threading.Event()
    controls.links(ledger, "unmetered")

    class Platform:
        clock = PlatformClock()

    class Counted(OutboxWorker):
        def step(self) -> bool:
            steps[0] += 1
            job = self._leases.take(self._cost.held())
            if job is None:
                return False
            if job.kind is DeliveryKind.ORIGINAL:
                delivered.set()
            with ledger.session() as session:
                return self._leases.done(session, job)

    stopping = threading.Event()
    worker = Counted(ledger, Platform(), Link(ledger), stopping, cost=LinkCost(ledger, lambda: costs[0]))  # type: ignore[arg-type]
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        wait_until("record and photo are gone", lambda: steps[0] >= 3)
        before = steps[0]
        time.sleep(0.7)
        assert steps[0] - before <= 8
        assert not delivered.is_set()
        costs[0] = False
        assert delivered.wait(20)
    finally:
        stopping.set()
        thread.join(10)


def test_a_students_first_capture_goes_first_even_when_it_must_wait(ledger: Ledger) -> None:
    first, second = put(ledger, 1, student="one"), put(ledger, 2, student="one")
    other = put(ledger, 3)
    leases = Leases(ledger)
    job = leases.take()
    assert job is not None
    assert job.capture_id == first
    leases.later(job, 60.0, "busy")
    assert {capture_id for capture_id, _ in everything(ledger, Held())} == {other}, (
        "the retake waits for the first, others do not"
    )
    leases.put_back(job)
    with ledger.session() as session:  # its time is over
        session.connection().exec_driver_sql("UPDATE outbox SET due = 0, boot_id = ''")
    order = [capture_id for capture_id, kind in everything(ledger, Held()) if kind is DeliveryKind.ORIGINAL]
    assert order == [first, second]


def test_a_parked_capture_does_not_hold_up_the_retake(ledger: Ledger) -> None:
    put(ledger, 1, student="one")
    second = put(ledger, 2, student="one")
    leases = Leases(ledger)
    job = leases.take()
    assert job is not None
    leases.park(job, "409 other-record")
    assert {capture_id for capture_id, _ in everything(ledger, Held())} == {second}
