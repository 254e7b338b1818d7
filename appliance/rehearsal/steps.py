"""What a rehearsal reports: steps with their time, subjects with their verdict, the outcome."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Outcome = Literal["receipt", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a visit and how long it took."""

    name: str
    ms: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """What became of one person before the camera; `verdict` is the station's, rule by rule."""

    subject: str
    outcome: Literal["accepted", "exception", "refused", "failed"]
    verdict: dict[str, Any] | None = None
    error: str | None = None

    def refused_rules(self) -> list[dict[str, Any]]:
        """The rules that stand in the way of this subject, with measured value and limit."""
        rules = [] if self.verdict is None else self.verdict["rules"]
        return [rule for rule in rules if rule["outcome"] == "fail"] or [
            rule for rule in rules if rule["outcome"] == "unknown"
        ]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole rehearsal."""

    outcome: Outcome
    total_ms: float
    steps: tuple[Step, ...] = ()
    subjects: tuple[SubjectReport, ...] = ()
    capture_id: str | None = None
    receipt_id: str | None = None
    photo: str | None = None
    error: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> dict[str, Any] | None:
        """The verdict on the subject that was accepted."""
        taken = [s for s in self.subjects if s.outcome in ("accepted", "exception")]
        return taken[-1].verdict if taken else None

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {**asdict(self), "verdict": self.verdict}
