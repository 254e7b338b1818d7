"""A student's wish that the platform refuses: one garbled answer is not believed; said twice alike, a person has to look."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator

import pytest
from model_platform import ModelPlatform
from platform_fixtures import MOMENT, MadeCapture, accept
from sqlmodel import select
from station_clocks import StationClocks

from appliance.ledger.store import Ledger
from appliance.ledger.tables import DeliveryState, ErrandKind, ErrandRow
from appliance.outbox import errands
from appliance.outbox.errands import Errands
from appliance.outbox.link import Link
from appliance.outbox.status import retry_parked
from appliance.outbox.worker import OutboxWorker


@pytest.fixture
def clocks() -> Iterator[StationClocks]:
    clocks = StationClocks()
    with clocks.in_charge():
        yield clocks


@pytest.fixture
def platform(ledger: Ledger, clocks: StationClocks) -> ModelPlatform:
    """Has one capture of the station, which its student wants back."""
    platform, name = ModelPlatform(), str(uuid.uuid4())
    accept(ledger, MadeCapture(name, "visit", b"{}", b"photo", b"original"))
    worker = OutboxWorker(ledger, platform, Link(ledger), threading.Event())  # type: ignore[arg-type]
    while worker.step():
        continue
    worker._changes.close()
    with ledger.session() as session:
        errands.add(session, ErrandKind.WITHDRAWAL, {"reason": "student-wish"}, capture_id=name, at=MOMENT.at, hold_s=0)
    return platform


def state(ledger: Ledger) -> DeliveryState:
    with ledger.reading() as session:
        return session.exec(select(ErrandRow)).one().state


def test_refused_once_it_waits_and_refused_twice_alike_it_is_put_aside_until_somebody_lets_it_be_tried_again(
    ledger: Ledger, platform: ModelPlatform, clocks: StationClocks
) -> None:
    one = Errands(ledger, platform)  # type: ignore[arg-type]
    platform.faults = ["refused"]
    one.step()
    assert state(ledger) is DeliveryState.PENDING
    clocks.pass_by(1000.0)
    platform.faults = ["refused"]
    one.step()
    assert state(ledger) is DeliveryState.PARKED
    clocks.pass_by(1000.0)
    assert not one.step()
    assert retry_parked(ledger, None)
    assert one.step()
    assert state(ledger) is DeliveryState.DONE
    assert [kept.review_state for kept in platform.captures.values()] == ["withdrawn"]
