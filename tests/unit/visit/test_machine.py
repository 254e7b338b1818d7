from __future__ import annotations

from pathlib import Path

import pytest

from appliance.visit.machine import OPEN, TRANSITIONS, State, actions, follow, mermaid


def test_the_straight_way_from_code_to_queue() -> None:
    way = [
        "code.identified",
        "answer.right",
        "record.confirmed",
        "framing.begun",
        "shot.passed",
        "photo.accepted",
        "capture.queued",
        "visit.ended",
    ]
    state = State.IDLE
    for event in way:
        state = follow(state, event)
    assert state is State.IDLE


def test_acceptance_is_reached_only_from_a_judged_shot_and_a_shot_only_after_consent() -> None:
    into = {target: {s for a in TRANSITIONS if a.target is target for s in a.sources} for target in State}
    assert into[State.ACCEPTED] == {State.JUDGED, State.REFUSED}
    assert into[State.JUDGED] == into[State.REFUSED] == {State.FRAMING, State.PAYING}
    assert into[State.PAYING] == {State.CONFIRMED, State.JUDGED, State.REFUSED, State.PAYING}
    assert into[State.CONFIRMED] == {State.VERIFIED}
    assert into[State.VERIFIED] == {State.IDENTIFIED, State.VERIFIED}
    assert State.CONFIRMED in into[State.FRAMING]
    assert not into[State.FRAMING] & {State.IDLE, State.IDENTIFIED, State.VERIFIED}


def test_one_event_leads_to_one_state() -> None:
    seen: dict[tuple[State, str], State] = {}
    for arrow in TRANSITIONS:
        for source in arrow.sources:
            assert seen.setdefault((source, arrow.event), arrow.target) is arrow.target


def test_every_state_is_reached_and_left() -> None:
    assert {a.target for a in TRANSITIONS} == set(State)
    assert {s for a in TRANSITIONS for s in a.sources} == set(State)


def test_a_visit_that_stands_before_the_station_can_always_be_abandoned() -> None:
    for state in OPEN:
        assert "abandon" in actions(state)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_no_second_visit_begins_while_one_is_open(state: State) -> None:
    with pytest.raises(LookupError, match=state):
        follow(state, "code.identified")


def test_what_the_operator_may_do() -> None:
    assert actions(State.REFUSED) == ("retake", "accept", "abandon")
    assert actions(State.QUEUED) == ("scan", "next")


def test_the_drawing_holds_every_arrow() -> None:
    drawing = mermaid()
    for arrow in TRANSITIONS:
        for source in arrow.sources:
            assert f"{source} --> {arrow.target}: {arrow.event}" in drawing


def test_the_readme_shows_the_machine_as_it_is() -> None:
    readme = Path(__file__).parents[3] / "appliance" / "visit" / "README.md"
    assert mermaid() in readme.read_text(encoding="utf-8")
