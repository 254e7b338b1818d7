"""Files leave the station after the receipt and the plan's days, never before: not by a clock, not by a forged receipt."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from platform_fixtures import MadeCapture, accept
from sqlalchemy import update
from sqlmodel import col, select

from appliance.ledger import journal
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryState, JournalRow, OutboxRow, RetentionRow
from appliance.outbox import receipts, retention
from appliance.outbox.plans import PlanRules, keep_plans, known_plans
from appliance.outbox.retention import Retention
from appliance.platform.clock import PlatformClock
from appliance.platform.contract import Plan, SignedReceipt

DAY = 86_400.0
YEAR = 365 * DAY
PLAN = "demo-2026-bachelor"  # the one `accept` captures for


class Clocks:
    """Every clock a station can look at; each may be moved alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.boot, self.boot_s, self.platform_s, self.wall_s = "boot-0", 100.0, 1.8e9, 1.8e9
        monkeypatch.setattr(retention, "boot_clock", lambda: self.boot_s)
        monkeypatch.setattr(retention, "boot_id", lambda: self.boot)

    def pass_by(self, seconds: float) -> None:
        self.boot_s += seconds
        self.platform_s += seconds
        self.wall_s += seconds

    def reboot(self) -> None:
        self.boot, self.boot_s = f"boot-{random.random()}", 5.0

    def platform(self) -> PlatformClock:
        clock = PlatformClock(monotonic=lambda: 0.0)
        clock._base = self.platform_s
        return clock


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


@pytest.fixture
def look(ledger: Ledger, clocks: Clocks) -> Callable[[], list[str]]:
    return lambda: Retention(ledger, clocks.platform(), lambda: clocks.wall_s).step()


def captured(ledger: Ledger) -> str:
    capture = MadeCapture(str(uuid.uuid4()), "visit", uuid.uuid4().bytes, random.randbytes(50), random.randbytes(500))
    return accept(ledger, capture)


def receipted(ledger: Ledger, capture_id: str, *, photo: str | None = None) -> None:
    """As if the platform's receipt had been taken; with `photo`, one that carries another digest."""
    with ledger.session() as session:
        capture = session.get_one(CaptureRow, capture_id)
        receipt = SignedReceipt(
            receipt_id=f"rc-{uuid.uuid4().hex}",
            capture_id=uuid.UUID(capture_id),
            station_id="st-1",
            record_sha256=capture.record_sha256,
            photo_sha256=photo or capture.photo_sha256,
            original_sha256=capture.original_sha256,
            stored_at=datetime.now(UTC),
            jws="a.b.c",
        )
        receipts.keep(ledger, session, receipt, "2026-06-01T08:00:00+00:00")
        session.execute(update(OutboxRow).values(state=DeliveryState.DONE))


def there(ledger: Ledger, capture_id: str) -> bool:
    return ledger.vault.has(capture_id, "photo") and ledger.vault.has(capture_id, "original")


def test_a_capture_goes_after_the_receipt_and_the_days_and_leaves_its_proof(
    ledger: Ledger, clocks: Clocks, look: Callable[[], list[str]]
) -> None:
    capture_id = captured(ledger)
    look()
    clocks.pass_by(YEAR)
    assert look() == [], "no receipt, no deletion, however old"
    receipted(ledger, capture_id)
    assert look() == []
    clocks.pass_by(30 * DAY - 60)
    assert look() == []
    assert there(ledger, capture_id)
    clocks.pass_by(120)
    assert look() == [capture_id]
    assert not ledger.vault.has(capture_id, "photo")
    assert not ledger.vault.has(capture_id, "original")
    assert look() == []
    with ledger.reading() as session:
        assert session.get(CaptureRow, capture_id) is None
        assert session.exec(select(RetentionRow)).all() == []
        [entry] = session.exec(select(JournalRow).where(JournalRow.event == "capture.erased")).all()
        proof = json.loads(entry.body)
        assert (proof["capture"], proof["why"]) == (capture_id, "retention")
        assert proof["receipt"].startswith("rc-")
        journal.verify(session, ledger.keys.signing.public_key())


@pytest.mark.parametrize("jump", ["platform", "wall", "both while it runs"])
def test_a_clock_that_jumps_a_year_deletes_nothing(
    ledger: Ledger, clocks: Clocks, look: Callable[[], list[str]], jump: str
) -> None:
    capture_id = captured(ledger)
    receipted(ledger, capture_id)
    look()
    for _ in range(3):
        if jump != "wall":
            clocks.platform_s += YEAR
        if jump != "platform":
            clocks.wall_s += YEAR
        if jump != "both while it runs":
            clocks.reboot()
        clocks.pass_by(DAY)
        assert look() == []
    assert there(ledger, capture_id)


def test_time_while_it_was_off_counts_when_both_clocks_say_so(
    ledger: Ledger, clocks: Clocks, look: Callable[[], list[str]]
) -> None:
    capture_id = captured(ledger)
    receipted(ledger, capture_id)
    look()
    clocks.pass_by(60 * DAY)
    clocks.reboot()
    assert look() == [capture_id]


def test_each_plan_has_its_days_and_keeps_them_when_it_leaves_the_rosters(
    ledger: Ledger, clocks: Clocks, look: Callable[[], list[str]], roster_plan: Callable[..., Plan]
) -> None:
    capture_id = captured(ledger)
    receipted(ledger, capture_id)
    keep_plans(ledger, [roster_plan(PLAN, retention_days=90)])
    keep_plans(ledger, [roster_plan("another", retention_days=0, originals="unmetered")])
    assert known_plans(ledger) == {PLAN: PlanRules("any", 90), "another": PlanRules("unmetered", 0)}
    look()
    clocks.pass_by(89 * DAY)
    assert look() == []
    clocks.pass_by(2 * DAY)
    assert look() == [capture_id]


def test_a_plan_of_no_days_leaves_the_picture_while_it_may_be_on_the_screen(
    ledger: Ledger, clocks: Clocks, look: Callable[[], list[str]], roster_plan: Callable[..., Plan]
) -> None:
    capture_id = captured(ledger)
    receipted(ledger, capture_id)
    keep_plans(ledger, [roster_plan(PLAN, retention_days=0)])
    assert look() == []
    clocks.pass_by(3601)
    assert look() == [capture_id]


def test_a_receipt_for_other_bytes_or_a_part_on_its_way_again_keeps_the_files(
    ledger: Ledger, clocks: Clocks, look: Callable[[], list[str]]
) -> None:
    other, again = captured(ledger), captured(ledger)
    receipted(ledger, again)
    receipted(ledger, other, photo="0" * 64)
    with ledger.session() as session:
        session.execute(
            update(OutboxRow)
            .where(col(OutboxRow.capture_id) == again, col(OutboxRow.kind) == "ORIGINAL")
            .values(state=DeliveryState.PENDING)
        )
    look()
    clocks.pass_by(YEAR)
    assert look() == []
    assert there(ledger, other)
    assert there(ledger, again)


def test_a_cut_between_entry_and_files_is_finished_at_the_next_start(
    ledger: Ledger, clocks: Clocks, look: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    capture_id = captured(ledger)
    receipted(ledger, capture_id)
    look()
    clocks.pass_by(31 * DAY)

    class Cut(BaseException):
        """The power goes."""

    def cut(_: str) -> None:
        raise Cut

    with monkeypatch.context() as at_the_cut:
        at_the_cut.setattr(ledger.vault, "delete", cut)
        with pytest.raises(Cut):
            look()
    assert there(ledger, capture_id)
    assert len(ledger.sweep_orphans()) == 2, "as the station does when it starts"
    assert not there(ledger, capture_id)


def test_without_the_platforms_time_nothing_is_looked_at(ledger: Ledger, clocks: Clocks) -> None:
    capture_id = captured(ledger)
    receipted(ledger, capture_id)
    waiting = Retention(ledger, PlatformClock(), lambda: clocks.wall_s)
    waiting.look()
    with ledger.reading() as session:
        assert session.get(RetentionRow, capture_id) is None
    known = Retention(ledger, clocks.platform(), lambda: clocks.wall_s)
    known.look()
    with ledger.reading() as session:
        assert session.get(RetentionRow, capture_id) is not None
