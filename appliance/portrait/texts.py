"""What the rules say to people, from `texts.toml`."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from appliance.portrait.measurement import Measurement, Message, Outcome
from appliance.portrait.verdict import Limit

FILE = Path(__file__).with_name("texts.toml")


@cache
def load_texts() -> dict[str, Any]:
    """The whole table: rule id → `title`, `fail` and, where a direction helps, `fail_HINT`; `general` for the
    rest; `reason` for why something could not be measured."""
    rows: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return rows


def say(rule: str, outcome: Outcome, measurement: Measurement, limit: Limit) -> Message:
    """What to tell student and operator about one rule."""
    texts = load_texts()
    row = texts["rule"][rule]
    if outcome is Outcome.FAIL:
        chosen = row.get(f"fail_{measurement.hint}", row["fail"]) if measurement.hint else row["fail"]
        figures = texts["general"]["figures"]
        return Message(
            zh=chosen["zh"] + figures["zh"].format(**_figures(measurement, limit)),
            en=chosen["en"] + figures["en"].format(**_figures(measurement, limit)),
        )
    return _told(rule, outcome, measurement.reason or "")


@lru_cache(maxsize=512)
def _told(rule: str, outcome: Outcome, reason: str) -> Message:
    """What is said without figures: the same for every frame, and there are many frames."""
    texts = load_texts()
    row = texts["rule"][rule]
    title, template = row["title"], row.get(str(outcome), texts["general"][str(outcome)])
    why = _reason(reason)
    return Message(
        zh=template["zh"].format(title=title["zh"], reason=why.zh),
        en=template["en"].format(title=title["en"], reason=why.en),
    )


@cache
def advice(rule: str, hint: str | None) -> Message:
    """What to say of a rule that holds, though it could hold better."""
    better, template, title = instruction(rule, hint), general("advised"), load_texts()["rule"][rule]["title"]
    return Message(
        zh=template.zh.format(title=title["zh"], better=better.zh),
        en=template.en.format(title=title["en"], better=better.en),
    )


def instruction(rule: str, hint: str | None) -> Message:
    """The short sentence for the student, without figures."""
    row = load_texts()["rule"][rule]
    chosen = row.get(f"fail_{hint}", row["fail"]) if hint else row["fail"]
    return Message(zh=chosen["zh"], en=chosen["en"])


def general(name: str) -> Message:
    """A sentence that belongs to no rule."""
    row = load_texts()["general"][name]
    return Message(zh=row["zh"], en=row["en"])


def _reason(english: str) -> Message:
    """Why something could not be measured. Reasons with figures in them are translated up to the first digit."""
    rows = load_texts()["reason"]
    if english in rows:
        return Message(zh=rows[english]["zh"], en=english)
    for start, row in rows.items():
        if start.endswith("*") and english.startswith(start[:-1]):
            return Message(zh=row["zh"] + english.removeprefix(start[:-1]), en=english)
    return Message(zh=english, en=english)


def _figures(measurement: Measurement, limit: Limit) -> dict[str, str]:
    return {
        "measured": f"{_figure(measurement.value)}{_unit(measurement.unit)}",
        "limit": _limit(limit) + _unit(measurement.unit),
    }


def _unit(unit: str) -> str:
    return unit if unit in ("", "%", "°") else f" {unit}"


def _figure(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _limit(limit: Limit) -> str:
    if isinstance(limit, tuple):
        return "–".join(_figure(part) for part in limit)
    return _figure(limit)
