from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from visit_fixtures import DEMO, entry_of, identification_of, plan_with, roster_of

from appliance.ledger.store import Ledger
from appliance.platform.contract import ElsewhereEntry, LocalText
from appliance.platform.digests import code_digest
from appliance.visit.errors import NoPlan, OtherPlan, TriesExhausted, UnknownCode, UnreadableCode, WrongAnswer
from appliance.visit.identification import CODE_LIMIT, Identification
from appliance.visit.tries import FREE, LONGEST_PAUSE_S, Tries, pause_after

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


@dataclass
class Boot:
    """A boot clock that a test turns, and reboots."""

    clock: float = 1000.0
    id: str = "boot-1"

    def tries(self, ledger: Ledger) -> Tries:
        return Tries(ledger, lambda: self.clock, lambda: self.id)


def test_f06_last_four_with_a_growing_pause_after_wrong_answers(ledger: Ledger) -> None:
    identification = identification_of(ledger, roster_of())
    boot = Boot()
    identification.tries = boot.tries(ledger)
    for left in (2, 1):
        with pytest.raises(WrongAnswer) as caught:
            answer(identification, WRONG)
        assert caught.value.extra == {"tries_left": left}
    waits = []
    for _ in range(9):
        with pytest.raises(WrongAnswer) as caught:
            answer(identification, WRONG)
        waits.append(caught.value.extra["retry_after"])
        with pytest.raises(TriesExhausted) as paused:
            answer(identification, STUDENT.last_four)  # even the right one has to wait
        assert paused.value.extra["retry_after"] == waits[-1]
        boot.clock += waits[-1]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert answer(identification, STUDENT.last_four) == 11
    assert identification.tries.left(identification.find(STUDENT.payload).code_digest) == FREE


def test_a_last_four_that_ends_in_x_is_taken_in_either_case(ledger: Ledger) -> None:
    student = replace(STUDENT, last_four="123X")
    identification = identification_of(ledger, roster_of(entries=[entry_of(student)]))
    assert answer(identification, "123x") == 0


def test_f07_student_number(ledger: Ledger) -> None:
    identification = identification_of(ledger, roster_of(plan_with(verification="student_number")))
    with pytest.raises(WrongAnswer):
        answer(identification, STUDENT.last_four)
    assert answer(identification, STUDENT.student_number) == 1


def test_a_restart_begins_the_pause_anew_and_a_clock_that_is_set_changes_nothing(ledger: Ledger) -> None:
    boot = Boot()
    tries = boot.tries(ledger)
    for _ in range(4):
        tries.count_wrong("code")
    assert tries.retry_after("code") == 60
    boot.id, boot.clock = "boot-2", 5.0
    assert boot.tries(ledger).retry_after("code") == 55
    boot.clock = 60.0
    assert boot.tries(ledger).retry_after("code") is None
    boot.id, boot.clock = "boot-1", 10.0  # a boot clock never goes back; one that seems to begins the pause anew
    assert boot.tries(ledger).retry_after("code") == 60


def test_pauses_grow_to_an_hour_and_not_beyond() -> None:
    pauses = [pause_after(wrong) for wrong in range(40)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S
