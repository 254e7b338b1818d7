"""What the rules say of one picture, with the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from appliance.portrait.measurement import Message, Outcome

Limit = float | str | tuple[float, float] | tuple[str, ...] | None
VerdictOutcome = Literal["pass", "refuse", "unmeasurable"]


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

    def as_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        limit = list(self.limit) if isinstance(self.limit, tuple) else self.limit
        measured = round(self.measured, 4) if isinstance(self.measured, float) else self.measured
        return {
            "id": self.id,
            "outcome": str(self.outcome),
            "measured": measured,
            "limit": limit,
            "unit": self.unit,
            "message": {"zh": self.message.zh, "en": self.message.en},
        }


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
