from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import text
from sqlmodel import select

from appliance.ledger import journal
from appliance.ledger.changes import Changes
from appliance.ledger.errors import JournalBroken, LedgerUnreadable
from appliance.ledger.journal import Moment
from appliance.ledger.store import AcceptedCapture, Ledger
from appliance.ledger.tables import CaptureRow, DeliveryKind, DeliveryState, JournalRow, OutboxRow, VisitRow

NOW = Moment(at="2026-06-01T08:00:00+00:00", clock_trusted=True, boot_id="boot")
STEPS = {"photo.accepted": {"shot": "s-1"}, "capture.queued": {"capture": "c-1"}}


def capture(number: int, shot: str | None = None) -> AcceptedCapture:
    return AcceptedCapture(
        capture_id=f"c-{number}",
        visit_id=f"v-{number}",
        shot_id=shot or f"s-{number}",
        plan_id="plan",
        code_digest="d" * 64,
        record=b'{"a":1}',
        photo=b"photo" * 100,
        original=b"original" * 1000,
        accepted_at=NOW.at,
    )


def visit(number: int = 1) -> VisitRow:
    return VisitRow(visit_id=f"v-{number}", state="queued", body="{}")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


def test_an_accepted_capture_has_files_rows_and_journal_entries(ledger: Ledger) -> None:
    assert ledger.accept(NOW, capture(1), visit(), STEPS) == "c-1"
    with ledger.reading() as session:
        row = session.get(CaptureRow, "c-1")
        rows = session.exec(select(OutboxRow).order_by(OutboxRow.rank)).all()
        events = session.exec(select(JournalRow.event)).all()
    assert row is not None
    assert row.photo_sha256 == hashlib.sha256(b"photo" * 100).hexdigest()
    assert [(r.kind, r.state) for r in rows] == [(kind, DeliveryState.PENDING) for kind in DeliveryKind]
    assert events == ["photo.accepted", "capture.queued"]
    assert ledger.vault.read("c-1", "original") == b"original" * 1000


def test_the_same_shot_accepted_twice_is_one_capture(ledger: Ledger) -> None:
    ledger.accept(NOW, capture(1), visit(), STEPS)
    assert ledger.accept(NOW, capture(2, shot="s-1"), visit(), STEPS) == "c-1"
    with ledger.reading() as session:
        assert session.exec(select(CaptureRow.capture_id)).all() == ["c-1"]
    assert ledger.sweep_orphans() == []


def test_a_failing_row_accepts_nothing_and_its_files_are_swept(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "append", broken)
    with pytest.raises(OSError, match="No space"):
        ledger.accept(NOW, capture(1), visit(), STEPS)
    monkeypatch.undo()
    with ledger.reading() as session:
        assert session.exec(select(CaptureRow)).all() == []
    assert ledger.open_visit() is None
    assert ledger.sweep_orphans() == ["c-1.original", "c-1.photo"]


def test_the_visit_in_progress_survives_a_restart_and_ends(ledger: Ledger) -> None:
    ledger.save_visit(NOW, "code.identified", VisitRow(visit_id="v-9", state="identified", body='{"x":1}'), {})
    again = Ledger(ledger.data_dir)
    found = again.open_visit()
    assert found is not None
    assert (found.visit_id, found.body) == ("v-9", '{"x":1}')
    again.save_visit(NOW, "visit.ended", None, {})
    assert ledger.open_visit() is None
    with ledger.reading() as session:
        assert session.exec(select(JournalRow.visit_id)).all() == ["v-9", "v-9"]
    again.close()


def test_a_foreign_key_cannot_open_the_ledger(ledger: Ledger) -> None:
    ledger.keep_note("a", "b")
    (ledger.data_dir / "keys" / "ledger.key").write_bytes(b"z" * 32)
    with pytest.raises(LedgerUnreadable, match=r"ledger\.key"):
        Ledger(ledger.data_dir)


def test_a_newer_schema_is_refused_with_the_way_out(ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text("PRAGMA user_version = 99"))
    with pytest.raises(LedgerUnreadable, match="update the station"):
        Ledger(ledger.data_dir)


def test_nothing_personal_lies_in_the_plain_in_the_data_folder(ledger: Ledger) -> None:
    ledger.keep_note("plan", "李*明 4401**********123X")
    ledger.accept(NOW, capture(1), visit(), STEPS)
    for path in ledger.data_dir.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            # Long enough that what is encrypted does not hold them by chance.
            assert "李*明".encode() not in content, path
            assert b"4401***" not in content, path
            assert b"photophoto" not in content, path


def test_commits_full_sync_and_write_ahead(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2


def test_changes_by_another_connection_are_seen_once(ledger: Ledger) -> None:
    changes = Changes(ledger.engine)
    assert changes.since_last()
    assert not changes.since_last()
    other = Ledger(ledger.data_dir)
    other.keep_note("x", "y")
    other.close()
    assert changes.since_last()
    assert not changes.since_last()
    changes.close()


def test_readers_do_not_wait_for_a_writer(ledger: Ledger) -> None:
    ledger.keep_note("x", "before")
    with ledger.session() as session:
        session.exec(text("UPDATE note SET body = 'during'"))  # type: ignore[call-overload]
        assert ledger.note("x") == "before"
    assert ledger.note("x") == "during"


def entries(ledger: Ledger, count: int) -> None:
    for number in range(count):
        ledger.record(NOW, "step", body={"number": number})


def verify(ledger: Ledger) -> int:
    with ledger.reading() as session:
        return journal.verify(session, ledger.keys.signing.public_key())


def test_a_sound_journal_verifies(ledger: Ledger) -> None:
    entries(ledger, 5)
    assert verify(ledger) == 5


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE journal SET body = '{}' WHERE seq = 3", "entry 3"),
        ("UPDATE journal SET at = '2027' WHERE seq = 2", "entry 2"),
        ("DELETE FROM journal WHERE seq = 3", "entry 3 is missing"),
        ("DELETE FROM journal WHERE seq = 1", "entry 1 is missing"),
        ("UPDATE journal SET signature = '00' WHERE seq = 4", "entry 4"),
    ],
)
def test_a_tampered_journal_names_the_first_broken_entry(ledger: Ledger, statement: str, named: str) -> None:
    entries(ledger, 5)
    with ledger.session() as session:
        session.exec(text(statement))  # type: ignore[call-overload]
    with pytest.raises(JournalBroken, match=named):
        verify(ledger)


def test_a_journal_rewritten_with_another_key_is_not_this_stations(ledger: Ledger, tmp_path: Path) -> None:
    other = Ledger(tmp_path / "other")
    entries(other, 2)
    with other.reading() as session, pytest.raises(JournalBroken, match="not signed by this station"):
        journal.verify(session, ledger.keys.signing.public_key())
    other.close()


def test_sequence_numbers_never_repeat(ledger: Ledger) -> None:
    first = ledger.next_sequence()
    ledger.record(NOW, "step")
    assert ledger.next_sequence() > first


def test_closing_leaves_no_connection_open_not_even_one_that_is_still_in_use(tmp_path: Path) -> None:
    closing = Ledger(tmp_path / "closing")
    in_use = closing.engine.raw_connection()
    connection = in_use.driver_connection
    assert connection is not None
    closing.close()
    connection.execute("SELECT 1")  # whoever uses it ends in peace
    in_use.close()
    with pytest.raises(sqlcipher.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
