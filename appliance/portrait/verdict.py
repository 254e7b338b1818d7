"""What the rules say of one picture, with the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from appliance.portrait.measurement import Message, Outcome

Limit = float | str | tuple[float, float] | tuple[str, ...] | None
VerdictOutcome = Literal["pass", "refuse", "unmeasurable"]


@dataclass(frozen=True, slots=True)
class PartResult:
    """One measure of a rule: the value beside its limit. `measure` is the limit's key in the profile, `iso` the quality measure
    of ISO/IEC 29794-5 that looks at the same property, `score` 0 to 100 (`rules.score`), `None` where nothing was measured."""

    measure: str | None
    outcome: Outcome
    measured: float | str | None
    limit: Limit
    unit: str
    score: float | None
    iso: str | None

    def as_dict(self) -> dict[str, Any]:
        """As `station check` writes it."""
        return {
            "measure": self.measure,
            "iso": self.iso,
            "outcome": str(self.outcome),
            "measured": _plain(self.measured),
            "limit": _plain(self.limit),
            "unit": self.unit,
            "score": self.score,
        }


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule: outcome, measured value beside its limit, and what to do about it. Of a rule with several parts, the part that
    decides."""

    id: str
    outcome: Outcome
    measured: float | str | None
    limit: Limit
    unit: str
    message: Message
    priority: int = 100  # the smaller, the more helpful to say first
    hint: str | None = None  # which way it is off, for guidance
    advisory: bool = False  # put to the operator; never decides
    parts: tuple[PartResult, ...] = ()  # every measure of the rule, the deciding one first

    def as_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "id": self.id,
            "outcome": str(self.outcome),
            "measured": _plain(self.measured),
            "limit": _plain(self.limit),
            "unit": self.unit,
            "message": {"zh": self.message.zh, "en": self.message.en},
        }

    def as_evidence(self) -> dict[str, Any]:
        """As `station check` writes it: the contract's fields, the deciding measure's name and score, and every measure."""
        deciding = self.parts[0] if self.parts else None
        return {
            **self.as_dict(),
            "iso": None if deciding is None else deciding.iso,
            "score": None if deciding is None else deciding.score,
            "advisory": self.advisory,
            "parts": [part.as_dict() for part in self.parts],
        }


def _plain(value: Limit) -> Any:
    """A figure, band or word as JSON has it."""
    if isinstance(value, tuple):
        return list(value)
    return round(value, 4) if isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class Verdict:
    """All rules of a profile on one picture."""

    profile: str
    rules: tuple[RuleResult, ...]

    @property
    def outcome(self) -> VerdictOutcome:
        """Refused when a rule fails; unmeasurable when none fails but one could not be measured."""
        deciding = {rule.outcome for rule in self.rules if not rule.advisory}
        if Outcome.FAIL in deciding:
            return "refuse"
        return "unmeasurable" if Outcome.UNKNOWN in deciding else "pass"

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        """What stands in the way, most helpful first: failing rules, then those that could not be measured."""
        found = [r for r in self.rules if not r.advisory and r.outcome in (Outcome.FAIL, Outcome.UNKNOWN)]
        return tuple(sorted(found, key=lambda rule: (rule.outcome is Outcome.UNKNOWN, rule.priority)))

    def as_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"profile": self.profile, "verdict": self.outcome, "rules": [rule.as_dict() for rule in self.rules]}

    def as_evidence(self) -> dict[str, Any]:
        """As `station check` writes it: the contract's fields and more."""
        return {**self.as_dict(), "rules": [rule.as_evidence() for rule in self.rules]}
