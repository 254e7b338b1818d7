"""What the examination found out about one thing."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from appliance.portrait.measurement import Message

FILE = Path(__file__).with_name("texts.toml")


class Outcome(StrEnum):
    """How a check ended. `skipped`: there is no such device, or nobody was there to help."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was seen (`value`, figures with units), and what to do where it is not well."""

    name: str
    outcome: Outcome
    title: Message
    value: str = ""
    advice: Message | None = None

    def as_dict(self) -> dict[str, Any]:
        """As `station doctor --json` and the technician's page have it."""
        advice = self.advice
        return {
            "name": self.name,
            "outcome": str(self.outcome),
            "title": {"zh": self.title.zh, "en": self.title.en},
            "value": self.value,
            "advice": None if advice is None else {"zh": advice.zh, "en": advice.en},
        }


def found(name: str, outcome: Outcome, value: str = "", detail: str = "") -> Finding:
    """A finding with the texts of check `name`; `detail` is added to its title (which scanner, say)."""
    row = texts()[name]
    title = Message(zh=row["title"]["zh"] + _of(detail), en=row["title"]["en"] + _of(detail))
    advice = Message(**row["advice"]) if outcome in (Outcome.WARN, Outcome.FAIL) else None
    return Finding(name, outcome, title, value, advice)


def _of(detail: str) -> str:
    return f": {detail}" if detail else ""


@cache
def texts() -> dict[str, Any]:
    """The table of `texts.toml`."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
