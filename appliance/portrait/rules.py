"""Judging: every rule of the book applied to one picture, with the measured value, the limit, and what to do."""

from __future__ import annotations

from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Measurement, Outcome
from appliance.portrait.observe import Observation
from appliance.portrait.picture_file import FileFacts
from appliance.portrait.profile import Profile
from appliance.portrait.rulebook import RULES, Reads, Rule
from appliance.portrait.texts import say
from appliance.portrait.verdict import Limit, RuleResult, Verdict


def judge(seen: Observation, profile: Profile, stage: Stage, facts: FileFacts | None = None) -> Verdict:
    """The verdict on one picture. Raises `ProfileError` when the profile lacks a rule's limit."""
    subject = Subject(seen, profile, stage, facts)
    return Verdict(profile.name, tuple(_result(rule, subject) for rule in RULES if _applies(rule, stage)))


def holds(rule: Rule, measured: float | str, limit: Limit) -> bool:
    """Whether a measured value keeps its limit."""
    if isinstance(measured, str) or isinstance(limit, str):
        return measured == limit
    if isinstance(limit, tuple):
        low, high = limit
        return float(low) <= measured <= float(high)
    if limit is None:
        return False
    match rule.reads:
        case Reads.AT_LEAST:
            return measured >= limit
        case Reads.MAGNITUDE:
            return abs(measured) <= limit
        case Reads.EQUAL:
            return measured == limit
        case _:
            return measured <= limit


def _applies(rule: Rule, stage: Stage) -> bool:
    return stage in rule.stages or stage in rule.exempt


def _result(rule: Rule, subject: Subject) -> RuleResult:
    limit = subject.profile.limit(rule.id)
    if subject.stage in rule.exempt:
        measurement = Measurement(None)
        outcome = Outcome.EXEMPT
    else:
        measurement = rule.measure(subject)
        if measurement.value is None:
            outcome = Outcome.UNKNOWN
        else:
            outcome = Outcome.PASS if holds(rule, measurement.value, limit) else Outcome.FAIL
    message = say(rule.id, outcome, measurement, limit)
    return RuleResult(
        rule.id, outcome, measurement.value, limit, measurement.unit, message, rule.priority, measurement.hint
    )
