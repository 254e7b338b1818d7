from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from visit_fixtures import DEMO, entry_of, identification_of, plan_with, roster_of

from appliance.ledger.store import Ledger
from appliance.ledger.tables import TriesRow
from appliance.platform.contract import ElsewhereEntry, LocalText
from appliance.platform.digests import code_digest
from appliance.visit.errors import NoPlan, OtherPlan, TriesExhausted, UnknownCode, UnreadableCode, WrongAnswer
from appliance.visit.identification import CODE_LIMIT, PAUSE, TRIES, Identification

STUDENT, STRANGER = DEMO.students[0], DEMO.strangers[0]
OTHER = ElsewhereEntry(
    code_digest=code_digest(bytes(32), STRANGER.payload), plan_title=LocalText(zh="别的计划", en="another plan")
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def identification(ledger: Ledger) -> Identification:
    return identification_of(ledger, roster_of(entries=[entry_of(STUDENT)], elsewhere=[OTHER]))


def answer(identification: Identification, text: str) -> int:
    digest = identification.find(STUDENT.payload).code_digest
    return identification.check_answer(STUDENT.payload, digest, text)


WRONG = "0000" if STUDENT.last_four != "0000" else "1111"


def test_a_code_of_the_plan_is_found_with_masked_data_only(identification: Identification) -> None:
    found = identification.find(STUDENT.payload)
    assert "*" in found.identity.name
    assert found.entry is not None
    assert STUDENT.last_four not in found.entry.model_dump_json()


@pytest.mark.parametrize("payload", ["", "   ", "x" * (CODE_LIMIT + 1)])
def test_what_cannot_be_a_code_is_unreadable(identification: Identification, payload: str) -> None:
    with pytest.raises(UnreadableCode):
        identification.find(payload)


def test_unknown_codes_and_codes_of_another_plan_are_told_apart(identification: Identification) -> None:
    with pytest.raises(UnknownCode):
        identification.find("somebody else's code")
    with pytest.raises(OtherPlan, match="another plan"):
        identification.find(STRANGER.payload)


def test_without_a_roster_or_after_it_expired_nobody_is_identified(ledger: Ledger) -> None:
    with pytest.raises(NoPlan, match="expired"):
        identification_of(ledger, roster_of(expires=-timedelta(minutes=1))).find(STUDENT.payload)
    with pytest.raises(NoPlan, match="no roster"):
        identification_of(ledger).find(STUDENT.payload)


def test_a_code_of_another_plan_on_this_station_is_refused_by_name(ledger: Ledger) -> None:
    here = roster_of(entries=[entry_of(STUDENT)])
    there = roster_of(DEMO.other_plan, [entry_of(STRANGER)], issued=timedelta(days=-3))
    with pytest.raises(OtherPlan) as caught:
        identification_of(ledger, here, there).find(STRANGER.payload)
    assert caught.value.extra["plan"] == DEMO.other_plan.title.model_dump()


def test_an_unknown_code_goes_on_unresolved_where_the_plan_says_so(ledger: Ledger) -> None:
    found = identification_of(ledger, roster_of(plan_with(unknown_code="defer"))).find("somebody else's code")
    assert found.entry is None
    assert (found.identity.name, found.identity.number, found.identity.school) == ("", "", DEMO.plan.school)


def test_full_width_and_small_letters_are_the_same_answer(identification: Identification) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in STUDENT.last_four.lower())
    assert answer(identification, f" {wide} ") == 0


def test_tries_are_counted_paused_and_begin_anew_after_the_pause(identification: Identification) -> None:
    for left in range(TRIES - 1, -1, -1):
        with pytest.raises(WrongAnswer) as caught:
            answer(identification, WRONG)
        assert caught.value.extra["tries_left"] == left
    with pytest.raises(TriesExhausted) as paused:
        answer(identification, STUDENT.last_four)
    assert 0 < paused.value.extra["retry_after"] <= PAUSE.total_seconds()
    set_last_wrong(identification, datetime.now(UTC) - PAUSE - timedelta(seconds=1))
    assert answer(identification, STUDENT.last_four) == TRIES


def test_a_clock_that_went_back_means_a_pause_not_years(identification: Identification) -> None:
    for _ in range(TRIES):
        with pytest.raises(WrongAnswer):
            answer(identification, WRONG)
    set_last_wrong(identification, datetime.now(UTC) + timedelta(days=3650))
    with pytest.raises(TriesExhausted) as paused:
        answer(identification, STUDENT.last_four)
    assert paused.value.extra["retry_after"] <= PAUSE.total_seconds()


def set_last_wrong(identification: Identification, when: datetime) -> None:
    digest = identification.find(STUDENT.payload).code_digest
    with identification._ledger.session() as session:
        row = session.get_one(TriesRow, digest)
        row.last_wrong_at = when.isoformat()
        session.add(row)
