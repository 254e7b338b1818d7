"""Whatever is done to one entry of the journal, `verify` names that entry; swapped and removed ones too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from appliance.ledger import journal
from appliance.ledger.errors import JournalBroken
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.tables import JournalRow

ENTRIES = 9
TEXTS = ("at", "boot_id", "event", "body", "previous", "digest", "signature", "visit_id")


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with TemporaryDirectory() as folder:
        opened = Ledger(Path(folder))
        for number in range(ENTRIES):
            moment = Moment(at=f"2026-06-01T08:00:0{number}+00:00", clock_trusted=number % 2 == 0, boot_id="b")
            opened.record(moment, "visit.step", visit_id=f"v-{number}", body={"operator": f"op-{number}"})
        yield opened
        opened.close()


def first_broken(session: Session, ledger: Ledger) -> int:
    """The entry that `verify` names; whatever was changed is taken back afterwards."""
    try:
        with pytest.raises(JournalBroken) as caught:
            journal.verify(session, ledger.keys.signing.public_key())
    finally:
        session.rollback()
    return caught.value.entry


@given(
    seq=st.integers(1, ENTRIES),
    column=st.sampled_from(TEXTS),
    place=st.integers(0, 200),
    char=st.characters(codec="ascii"),
)
@settings(max_examples=60, deadline=None)
def test_one_changed_character_is_named(ledger: Ledger, seq: int, column: str, place: int, char: str) -> None:
    with Session(ledger.engine) as session:
        row = session.get_one(JournalRow, seq)
        text = getattr(row, column)
        place %= len(text)
        changed = text[:place] + char + text[place + 1 :]
        assume(changed.lower() != text.lower() or column not in {"signature", "previous", "digest"})
        assume(changed != text)
        setattr(row, column, changed)
        session.add(row)
        session.flush()
        assert first_broken(session, ledger) == seq


@given(seq=st.integers(1, ENTRIES))
@settings(deadline=None)
def test_a_clock_that_is_declared_trusted_afterwards_is_named(ledger: Ledger, seq: int) -> None:
    with Session(ledger.engine) as session:
        row = session.get_one(JournalRow, seq)
        row.clock_trusted = not row.clock_trusted
        session.add(row)
        session.flush()
        assert first_broken(session, ledger) == seq


@given(seq=st.integers(1, ENTRIES - 1), renumbered=st.booleans())
@settings(deadline=None)
def test_a_removed_entry_is_named_even_when_the_others_close_up(ledger: Ledger, seq: int, *, renumbered: bool) -> None:
    with Session(ledger.engine) as session:
        session.delete(session.get_one(JournalRow, seq))
        session.flush()
        if renumbered:
            for later in range(seq + 1, ENTRIES + 1):
                row = session.get_one(JournalRow, later)
                row.seq = later - 1
                session.add(row)
                session.flush()
        assert first_broken(session, ledger) == seq
