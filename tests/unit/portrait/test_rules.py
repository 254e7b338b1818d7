"""What a limit means, how parts make a rule, and that nothing unmeasured ever passes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Measurement, Message, Outcome
from appliance.portrait.observe import Observation
from appliance.portrait.profile import load_profile, profile_names
from appliance.portrait.rulebook import RULES, Part, Reads, Rule
from appliance.portrait.rules import holds, judge, result_of, score, strain
from appliance.portrait.verdict import RuleResult, Verdict

FINITE = st.floats(-1e6, 1e6)


def nobody() -> Observation:
    grey = np.full((480, 640, 3), 128, np.uint8)
    return Observation(grey, grey, 1.0, (), None, {}, None)


def result(rule: str, outcome: Outcome, *, advisory: bool = False, priority: int = 1) -> RuleResult:
    return RuleResult(rule, outcome, 1.0, 1.0, "", Message("中", "en"), priority, None, advisory)


@given(FINITE, FINITE)
def test_a_limit_is_kept_exactly_up_to_its_figure(value: float, limit: float) -> None:
    assert holds(Reads.AT_MOST, value, limit) == (value <= limit)
    assert holds(Reads.AT_LEAST, value, limit) == (value >= limit)
    assert holds(Reads.MAGNITUDE, value, abs(limit)) == (abs(value) <= abs(limit))
    assert holds(Reads.EQUAL, value, limit) == (value == limit)


@given(FINITE, FINITE, FINITE)
def test_a_band_includes_both_ends(value: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert holds(Reads.WITHIN, value, (low, high)) == (low <= value <= high)


@given(st.sampled_from(list(Reads)), FINITE)
def test_without_a_limit_nothing_holds(reads: Reads, value: float) -> None:
    assert not holds(reads, value, None)
    assert not holds(reads, "RGB", "CMYK")


@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0.1, 10))
def test_strain_grows_with_the_fault(limit: float, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert strain(Reads.AT_MOST, small, limit) <= strain(Reads.AT_MOST, large, limit)
    assert strain(Reads.AT_LEAST, large, limit) <= strain(Reads.AT_LEAST, small, limit)


def _subject() -> Subject:
    return Subject(nobody(), load_profile("moe-2017-99"), Stage.CAPTURE)


def _part(value: float | None, limit: str, stages: frozenset[Stage] = frozenset(Stage)) -> Part:
    found = Measurement.failed("no face") if value is None else Measurement.of(value, "°", "turn_left")
    return Part(lambda _: found, Reads.MAGNITUDE, limit, stages)


@pytest.mark.parametrize(
    ("values", "outcome", "measured"),
    [
        ((1.0, 2.0, 3.0), Outcome.PASS, 3.0),
        ((9.0, 20.0, 3.0), Outcome.FAIL, 20.0),
        ((9.0, None, 3.0), Outcome.FAIL, 9.0),
        ((1.0, None, 3.0), Outcome.UNKNOWN, None),
    ],
    ids=["the most strained of those that hold", "the worst", "failing goes before unknown", "unknown before passing"],
)
def test_a_rule_shows_the_part_that_decides(
    values: tuple[float | None, ...], outcome: Outcome, measured: float | None
) -> None:
    keys = ("pose.frontal.yaw", "pose.frontal.roll", "pose.frontal.yaw")
    parts = tuple(_part(value, key) for value, key in zip(values, keys, strict=True))
    found = result_of(Rule("pose.frontal", parts, 1, frozenset(Stage)), _subject())
    assert (found.outcome, found.measured) == (outcome, measured)


def test_a_part_of_another_stage_is_not_asked() -> None:
    parts = (_part(1.0, "pose.frontal.yaw"), _part(99.0, "pose.frontal.yaw", frozenset({Stage.LIVE})))
    assert result_of(Rule("pose.frontal", parts, 1, frozenset(Stage)), _subject()).outcome is Outcome.PASS


def test_what_could_be_better_passes_with_advice() -> None:
    rule = Rule("pose.frontal", (_part(6.0, "pose.frontal.yaw"),), 1, frozenset(Stage))
    found = result_of(rule, _subject())
    assert found.outcome is Outcome.PASS
    assert "向左转" in found.message.zh
    assert "your left" in found.message.en


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_a_network_garbles_is_not_measured(value: float) -> None:
    found = Measurement.of(value, "°")
    assert found.value is None
    assert found.reason


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("profile", profile_names())
def test_nobody_never_passes_and_every_rule_answers(stage: Stage, profile: str) -> None:
    verdict = judge(nobody(), load_profile(profile), stage)
    assert verdict.outcome == "refuse"
    assert verdict.failed[0].id == "subject.single"
    expected = [rule.id for rule in RULES if stage in rule.stages | rule.exempt]
    assert [rule.id for rule in verdict.rules] == expected
    assert {r.outcome for r in verdict.rules if r.id.startswith(("eyes.", "mouth.", "pose."))} == {Outcome.UNKNOWN}


def test_a_verdict_is_as_bad_as_its_worst_deciding_rule() -> None:
    good, bad, unknown = (result("a", Outcome.PASS), result("b", Outcome.FAIL), result("c", Outcome.UNKNOWN))
    question = result("d", Outcome.UNKNOWN, advisory=True)
    assert Verdict("p", (good, question)).outcome == "pass"
    assert Verdict("p", (good, unknown)).outcome == "unmeasurable"
    assert Verdict("p", (good, unknown, bad)).outcome == "refuse"
    assert Verdict("p", (good, question)).failed == ()


def test_the_most_helpful_fault_comes_first() -> None:
    late, early = result("late", Outcome.FAIL, priority=9), result("early", Outcome.FAIL, priority=2)
    unknown = result("unknown", Outcome.UNKNOWN, priority=1)
    assert [rule.id for rule in Verdict("p", (unknown, late, early)).failed] == ["early", "late", "unknown"]


def test_the_contract_of_a_rule_in_json() -> None:
    found = RuleResult("geometry.eyes", Outcome.FAIL, 301.23456, (200.0, 300.0), "px", Message("高", "high"))
    assert found.as_dict() == {
        "id": "geometry.eyes",
        "outcome": "fail",
        "measured": 301.2346,
        "limit": [200.0, 300.0],
        "unit": "px",
        "message": {"zh": "高", "en": "high"},
    }


def test_evidence_adds_to_the_contract_and_takes_nothing_from_it() -> None:
    verdict = judge(nobody(), load_profile("moe-2017-99"), Stage.CAPTURE)
    for rule, evidence in zip(verdict.as_dict()["rules"], verdict.as_evidence()["rules"], strict=True):
        assert {key: evidence[key] for key in rule} == rule
        assert {"iso", "score", "advisory", "parts"} == set(evidence) - set(rule)
        assert evidence["parts"][0]["measured"] == rule["measured"]


def test_every_part_is_shown_and_the_deciding_one_gives_name_and_score() -> None:
    parts = (
        _part(1.0, "pose.frontal.yaw"),
        Part(lambda _: Measurement.of(-16.0, "°"), Reads.MAGNITUDE, "pose.frontal.roll", iso="HeadPoseRoll"),
    )
    evidence = result_of(Rule("pose.frontal", parts, 1, frozenset(Stage)), _subject()).as_evidence()
    assert (evidence["iso"], evidence["score"]) == ("HeadPoseRoll", 0.0)
    assert [part["measure"] for part in evidence["parts"]] == ["pose.frontal.roll", "pose.frontal.yaw"]


def test_what_was_not_measured_has_no_score() -> None:
    evidence = result_of(Rule("pose.frontal", (_part(math.nan, "pose.frontal.yaw"),), 1, frozenset(Stage)), _subject())
    assert evidence.outcome is Outcome.UNKNOWN
    assert evidence.as_evidence()["score"] is None


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_score_lies_between_0_and_100_with_50_at_the_limit(one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert 0 <= score(large) <= score(small) <= 100
    assert score(1.0) == 50
    assert score(0.0) == 100
    assert score(math.inf) == 0
