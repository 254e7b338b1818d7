"""Records, recall list and counters, from a ledger with captures in every state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import select

from appliance.ledger import reviews
from appliance.ledger.errors import CaptureMissing
from appliance.ledger.journal import Moment
from appliance.ledger.store import AcceptedCapture, Ledger
from appliance.ledger.tables import CaptureRow, DeliveryState, OutboxRow, ReviewRow, VisitRow
from appliance.outbox.status import queue_status
from appliance.visit.history import earlier_capture
from appliance.visit.record_query import STATES, Wanted
from appliance.visit.records import Records

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


def take(ledger: Ledger, capture_id: str, *, code: str | None = None, at: datetime = NOW, **identity: str) -> None:
    masked = {"name": "李*明", "student_number": "2022****17", "class_name": "一班", "major": "数学", **identity}
    capture = AcceptedCapture(
        capture_id=capture_id,
        visit_id=f"v-{capture_id}",
        shot_id=f"s-{capture_id}",
        plan_id="plan",
        code_digest=code or f"code-{capture_id}",
        record=json.dumps({"identity": masked, "source": "camera", "payment": {"state": "free"}}).encode(),
        photo=b"photo",
        original=b"original",
        accepted_at=at.isoformat(),
    )
    moment = Moment(at=at.isoformat(), clock_trusted=True, boot_id="b")
    ledger.accept(moment, capture, VisitRow(visit_id=capture.visit_id, state="queued", body="{}"), {"x": {}})


def say(ledger: Ledger, capture_id: str, state: str, serial: int = 1, **more: str) -> bool:
    row = ReviewRow(capture_id=capture_id, serial=serial, state=state, reasons=more.get("reasons", "[]"), at="t")
    with ledger.session() as session:
        return reviews.apply(session, row)


def park(ledger: Ledger, capture_id: str) -> None:
    with ledger.session() as session:
        row = session.exec(select(OutboxRow).where(OutboxRow.capture_id == capture_id)).first()
        assert row is not None
        row.state = DeliveryState.PARKED
        session.add(row)


def test_every_state_is_told_and_counted(ledger: Ledger) -> None:
    for state in STATES:
        take(ledger, state)
    for state in ("reviewing", "accepted", "refused", "withdrawn"):
        say(ledger, state, state)
    park(ledger, "parked")
    with ledger.session() as session:
        row = session.get_one(CaptureRow, "sent")
        row.receipt, row.received_at = '{"receipt_id": "r-1"}', NOW.isoformat()
        session.add(row)
    records = Records(ledger)
    assert {record.capture_id: record.state for record in records.find(Wanted())} == {s: s for s in STATES}
    assert records.counts() == dict.fromkeys(STATES, 1)
    assert [r.capture_id for r in records.find(Wanted(state="refused"))] == ["refused"]
    assert records.get("sent").as_dict()["receipt_id"] == "r-1"


def test_newer_news_wins_in_whatever_order_it_comes(ledger: Ledger) -> None:
    take(ledger, "c")
    assert say(ledger, "c", "refused", serial=3)
    assert not say(ledger, "c", "reviewing", serial=2)
    assert not say(ledger, "c", "accepted", serial=3)
    assert Records(ledger).get("c").state == "refused"
    assert say(ledger, "c", "accepted", serial=4)
    assert Records(ledger).get("c").state == "accepted"


def test_records_are_found_by_words_of_the_masked_identity_newest_first(ledger: Ledger) -> None:
    take(ledger, "one")
    take(ledger, "two", name="王*", class_name="二班")
    take(ledger, "three", class_name="二班")
    records = Records(ledger)
    assert [r.capture_id for r in records.find(Wanted(query="二班"))] == ["three", "two"]
    assert [r.capture_id for r in records.find(Wanted(query="二班 王"))] == ["two"]
    assert records.find(Wanted(query="identity")) == []
    assert [r.capture_id for r in records.find(Wanted(query="%"))] == []
    assert len(records.find(Wanted(limit=2))) == 2


def test_f25_the_recall_list_holds_who_was_refused_until_they_are_photographed_again(ledger: Ledger) -> None:
    take(ledger, "first", code="li")
    take(ledger, "other", code="wang")
    reasons = json.dumps([{"rule": "eyes.open", "message": {"zh": "闭眼", "en": "eyes closed"}}])
    say(ledger, "first", "refused", reasons=reasons)
    records = Records(ledger)
    recalled = records.find(Wanted(recall=True))
    assert [(r.capture_id, r.reasons[0]["rule"]) for r in recalled] == [("first", "eyes.open")]
    earlier = earlier_capture(ledger, "li")
    assert earlier is not None
    assert (earlier.capture_id, earlier.replaceable, earlier.payment) == ("first", True, {"state": "free"})
    take(ledger, "again", code="li", at=NOW - timedelta(days=400))  # the clock was set back: order is kept all the same
    assert records.find(Wanted(recall=True)) == []
    assert records.today(NOW, "plan")["refused"] == 1
    newest = earlier_capture(ledger, "li")
    assert newest is not None
    assert (newest.capture_id, newest.replaceable) == ("again", False)
    assert earlier_capture(ledger, "nobody") is None


def test_the_days_counters_are_of_the_local_day_and_the_plan(ledger: Ledger) -> None:
    noon = datetime(2026, 6, 1, 12).astimezone()  # noon of the machine's own day
    take(ledger, "yesterday", at=(noon - timedelta(days=1)).astimezone(UTC))
    take(ledger, "morning", at=(noon - timedelta(hours=11)).astimezone(UTC))
    take(ledger, "noon", at=noon.astimezone(UTC))
    park(ledger, "noon")
    say(ledger, "yesterday", "refused")
    counters = Records(ledger).today(noon, "plan")
    assert counters == {"done": 2, "waiting": 1, "refused": 1, "recalled": 1, "receipted": 0, "parked": 1}
    assert set(Records(ledger).today(noon, "another plan").values()) == {0}


def test_a_capture_of_another_station_is_not_here(ledger: Ledger) -> None:
    with pytest.raises(CaptureMissing, match="no capture x"):
        Records(ledger).get("x")


def test_lists_and_counters_are_read_from_an_index_alone(ledger: Ledger) -> None:
    """A row is read over its whole record, thousands of them in half a second again and again: not on a Pi."""
    for number in range(30):
        take(ledger, f"c-{number}")
    statements: list[tuple[str, object]] = []
    event.listen(
        ledger.engine, "before_cursor_execute", lambda _c, _k, sql, values, *_: statements.append((sql, values))
    )
    records = Records(ledger)
    records.today(NOW, "plan")
    records.counts()
    records.find(Wanted(query="二班"))
    records.find(Wanted(recall=True))
    queue_status(ledger)
    plans: list[str] = []
    with ledger.reading() as session:
        connection = session.connection()
        for sql, values in [found for found in statements if found[0].startswith("SELECT")]:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            plans += [row[3] for row in rows]
    assert any("COVERING INDEX ix_capture_listed" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith("SCAN capture") and "COVERING" not in plan] == []
