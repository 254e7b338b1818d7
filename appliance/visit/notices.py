"""Passing messages for the tablet: what was refused or noticed, in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from appliance.portrait.measurement import Message
from appliance.visit.errors import VisitError

Severity = Literal["info", "warn", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One message; `code` is for the page's drawings and for tests."""

    code: str
    severity: Severity
    message: Message

    @classmethod
    def of(cls, error: VisitError) -> Notice:
        """The notice that says what was refused."""
        return cls(error.code, "warn", error.message)

    def as_dict(self) -> dict[str, Any]:
        """As the tablet gets it."""
        return {"code": self.code, "severity": self.severity, "zh": self.message.zh, "en": self.message.en}
