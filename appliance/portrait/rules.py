"""Judging: every rule of the book applied to one picture, with the measured value, the limit, and what to do."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Measurement, Outcome
from appliance.portrait.observe import Observation
from appliance.portrait.picture_file import FileFacts
from appliance.portrait.profile import Profile
from appliance.portrait.rulebook import RULES, Part, Reads, Rule
from appliance.portrait.texts import advice, say
from appliance.portrait.verdict import Limit, PartResult, RuleResult, Verdict


def judge(
    seen: Observation, profile: Profile, stage: Stage, facts: FileFacts | None = None, only: tuple[str, ...] = ("",)
) -> Verdict:
    """The verdict on one picture, by the rules whose ids begin with one of `only`. Raises `ProfileError` when the profile lacks a
    rule's limit."""
    subject = Subject(seen, profile, stage, facts)
    chosen = [rule for rule in RULES if _applies(rule, stage) and rule.id.startswith(only)]
    return Verdict(profile.name, tuple(result_of(rule, subject) for rule in chosen))


def strain(reads: Reads, measured: float | str, limit: Limit) -> float:
    """How much of its limit a value uses up: at most 1 where the limit is kept, so that the parts of a rule can be compared."""
    if isinstance(measured, str) or isinstance(limit, str):
        return 0.0 if measured == limit else math.inf
    if isinstance(limit, tuple):
        low, high = float(limit[0]), float(limit[1])
        if low == high:
            return 1.0 if measured == low else math.inf
        inside = abs(measured - (low + high) / 2) / ((high - low) / 2)
        return _at_edge(inside, low <= measured <= high)
    if limit is None:
        return math.inf
    if reads is Reads.EQUAL:
        return 0.0 if measured == limit else math.inf
    if reads is Reads.AT_LEAST:
        return _at_edge(_ratio(limit, measured), measured >= limit)
    size = abs(measured) if reads is Reads.MAGNITUDE else measured
    return _at_edge(_ratio(size, limit), size <= limit)


def score(used: float) -> float:
    """How good a value is, 0 to 100, from the share of its limit that it uses up (`strain`): 100 far from the limit, 50 at it,
    0 at twice the limit and beyond. ISO/IEC 29794-5 asks for 0 to 100 with more being better; its own mappings belong to the
    native values of its own networks, so that ours is tied to the one figure that decides: the profile's limit."""
    return round(100 * (1 - min(used, 2.0) / 2), 1)


def holds(reads: Reads, measured: float | str, limit: Limit) -> bool:
    """Whether a measured value keeps its limit."""
    return strain(reads, measured, limit) <= 1


def _at_edge(share: float, kept: bool) -> float:
    """`share`, but on the side of 1 that comparing the figures themselves says: rounding decides nothing."""
    return min(share, 1.0) if kept else max(share, math.nextafter(1.0, 2.0))


def _ratio(above: float, below: float) -> float:
    if below <= 0:
        return 0.0 if above <= below else math.inf
    return max(0.0, above / below)


@dataclass(frozen=True, slots=True)
class _Reading:
    part: Part
    measurement: Measurement
    limit: Limit
    outcome: Outcome
    strain: float


def _applies(rule: Rule, stage: Stage) -> bool:
    return stage in rule.stages or stage in rule.exempt


def result_of(rule: Rule, subject: Subject) -> RuleResult:
    """What one rule says. Raises `ProfileError` when the profile lacks its limit."""
    if subject.stage in rule.exempt:
        part = rule.parts[0]
        readings = [_Reading(part, Measurement(None), _limit(part, subject.profile), Outcome.EXEMPT, 0.0)]
        reading = readings[0]
    else:
        readings = [_read(part, subject) for part in rule.parts if subject.stage in part.stages]
        readings.sort(key=_order)
        reading = readings[0]
    if rule.asks and reading.outcome is Outcome.PASS:
        nothing = replace(reading.measurement, value=None, reason="easily overlooked")
        reading = replace(reading, measurement=nothing, outcome=Outcome.UNKNOWN)
    seen = reading.measurement
    message = say(rule.id, reading.outcome, seen, reading.limit)
    if reading.outcome is Outcome.PASS and _could_be_better(reading, subject.profile):
        message = advice(rule.id, seen.hint)
    return RuleResult(
        rule.id,
        reading.outcome,
        seen.value,
        reading.limit,
        seen.unit,
        message,
        rule.priority,
        seen.hint,
        rule.advisory or (rule.asks and reading.outcome is Outcome.UNKNOWN),
        tuple(_shown(each) for each in readings),
    )


def _shown(reading: _Reading) -> PartResult:
    """A reading as evidence."""
    part, seen = reading.part, reading.measurement
    scored = None if seen.value is None else score(reading.strain)
    return PartResult(part.limit, reading.outcome, seen.value, reading.limit, seen.unit, scored, part.iso)


def _order(reading: _Reading) -> tuple[int, float]:
    """The part that decides comes first: failing, then unmeasured, then what holds with least to spare."""
    missed = reading.part.supports and reading.outcome is Outcome.UNKNOWN
    return (3 if missed else _ORDER[reading.outcome]), -reading.strain


_ORDER = {Outcome.FAIL: 0, Outcome.UNKNOWN: 1, Outcome.PASS: 2}


def _read(part: Part, subject: Subject) -> _Reading:
    limit = _limit(part, subject.profile)
    measurement = part.measure(subject)
    if measurement.value is None:
        return _Reading(part, measurement, limit, Outcome.UNKNOWN, 0.0)
    used = strain(part.reads, measurement.value, limit)
    return _Reading(part, measurement, limit, Outcome.PASS if used <= 1 else Outcome.FAIL, used)


def _limit(part: Part, profile: Profile) -> Limit:
    if part.limit is None:
        return None
    limit: Limit = profile.limit(part.limit)
    return limit


def _could_be_better(reading: _Reading, profile: Profile) -> bool:
    wanted = None if reading.part.limit is None else profile.advised.get(reading.part.limit)
    value = reading.measurement.value
    return wanted is not None and isinstance(value, float) and not holds(reading.part.reads, value, wanted)
