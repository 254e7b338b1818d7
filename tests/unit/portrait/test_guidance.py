"""One instruction at a time, steady; the shutter once, when all has held for half a second."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from appliance.portrait.guidance import HOLD, LEAST_SHOWN, SWITCH, Guide
from appliance.portrait.measurement import Message, Outcome
from appliance.portrait.verdict import RuleResult, Verdict

FRAME = 0.05


def verdict(*rules: tuple[str, str | None]) -> Verdict:
    results = tuple(
        RuleResult(rule, Outcome.FAIL, 1.0, 0.0, "", Message("中", "en"), place, hint)
        for place, (rule, hint) in enumerate(rules)
    )
    return Verdict("p", results)


GREEN = verdict()
LEFT, RIGHT = verdict(("pose.frontal", "turn_left")), verdict(("pose.frontal", "turn_right"))
MOUTH = verdict(("mouth.closed", None))


def test_the_shutter_releases_once_after_half_a_second_of_green() -> None:
    guide = Guide()
    seen = [guide.step(GREEN, i * FRAME) for i in range(60)]
    shots = [i for i, guidance in enumerate(seen) if guidance.shoot]
    assert len(shots) == 1
    assert shots[0] * FRAME >= HOLD
    assert (shots[0] - 1) * FRAME < HOLD
    assert all(guidance.ready and guidance.rule is None for guidance in seen)


def test_red_before_the_half_second_starts_the_count_anew() -> None:
    guide = Guide()
    for i in range(8):
        assert not guide.step(GREEN, i * FRAME).shoot
    for i in range(8, 18):
        assert not guide.step(MOUTH, i * FRAME).ready or i * FRAME < 0.55
    later = [guide.step(GREEN, 1.0 + i * FRAME) for i in range(12)]
    assert not any(guidance.shoot for guidance in later[:9])
    assert any(guidance.shoot for guidance in later)


def test_one_bad_frame_does_not_undo_a_hold_nor_shoot() -> None:
    guide = Guide()
    for i in range(9):
        guide.step(GREEN, i * FRAME)
    blink = guide.step(MOUTH, 9 * FRAME)
    assert blink.ready
    assert not blink.shoot
    assert any(guide.step(GREEN, i * FRAME).shoot for i in range(10, 14))


def test_another_shot_needs_another_red() -> None:
    guide = Guide()
    assert sum(guide.step(GREEN, i * FRAME).shoot for i in range(40)) == 1
    for i in range(40, 50):
        guide.step(MOUTH, i * FRAME)
    assert sum(guide.step(GREEN, i * FRAME).shoot for i in range(50, 90)) == 1


def test_after_a_reset_the_count_starts_anew() -> None:
    guide = Guide()
    for i in range(9):
        guide.step(GREEN, i * FRAME)
    guide.reset()
    assert not guide.step(GREEN, 10 * FRAME).shoot


def test_what_cannot_be_measured_asks_for_a_better_look() -> None:
    unknown = RuleResult("clothes.contrast", Outcome.UNKNOWN, None, 15.0, "", Message("中", "en"), 1, None)
    guidance = Guide().step(Verdict("p", (unknown,)), 0.0)
    assert guidance.rule == "clothes.contrast"
    assert "clothes" not in guidance.message.en
    assert not guidance.ready


def test_a_passing_fault_does_not_change_the_instruction() -> None:
    guide = Guide()
    for i in range(40):
        guide.step(MOUTH, i * FRAME)
    assert guide.step(LEFT, 40 * FRAME).rule == "mouth.closed"
    assert guide.step(MOUTH, 41 * FRAME).rule == "mouth.closed"


def test_a_lasting_fault_does() -> None:
    guide = Guide()
    for i in range(40):
        guide.step(MOUTH, i * FRAME)
    shown = [guide.step(LEFT, (40 + i) * FRAME).rule for i in range(20)]
    assert shown[0] == "mouth.closed"
    assert shown[-1] == "pose.frontal"
    assert shown.index("pose.frontal") * FRAME >= SWITCH - FRAME


@given(st.lists(st.sampled_from((GREEN, LEFT, RIGHT, MOUTH)), max_size=200))
def test_instructions_never_flicker_and_shots_are_apart(stream: list[Verdict]) -> None:
    guide = Guide()
    seen = [(i * FRAME, guide.step(each, i * FRAME)) for i, each in enumerate(stream)]
    shots = [at for at, guidance in seen if guidance.shoot]
    assert all(later - earlier >= HOLD for earlier, later in itertools.pairwise(shots))
    changes = [
        (at, now.message)
        for (_, before), (at, now) in itertools.pairwise(seen)
        if not before.ready and not now.ready and before.message != now.message
    ]
    for (earlier, _), (later, _) in itertools.pairwise(changes):
        assert later - earlier >= min(LEAST_SHOWN, SWITCH) - 1e-9


@given(st.lists(st.sampled_from((GREEN, MOUTH)), min_size=1, max_size=100))
def test_nothing_is_shot_that_is_not_green(stream: list[Verdict]) -> None:
    guide = Guide()
    for i, each in enumerate(stream):
        guidance = guide.step(each, i * FRAME)
        assert not (guidance.shoot and each is MOUTH)
