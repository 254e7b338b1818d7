"""A verdict in the terminal: every rule with outcome, measured value and limit; refused rules first, in both languages."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

_ORDER = {"fail": 0, "unknown": 1, "pass": 2, "exempt": 3}
_STYLE = {"fail": "bold red", "unknown": "yellow", "pass": "green", "exempt": "dim"}


def print_verdict(verdict: dict[str, Any], title: str = "") -> None:
    """Print `verdict` (the JSON of `station check`)."""
    table = Table(title=title or f"{verdict['profile']}: {verdict['verdict']}", title_justify="left")
    for column in ("rule", "outcome", "measured", "limit", "what to do"):
        table.add_column(column, overflow="fold")
    for rule in sorted(verdict["rules"], key=lambda rule: _ORDER[rule["outcome"]]):
        said = rule["outcome"] in ("fail", "unknown")
        text = f"{rule['message']['zh']}\n{rule['message']['en']}" if said else ""
        style = _STYLE[rule["outcome"]]
        table.add_row(
            rule["id"],
            f"[{style}]{rule['outcome']}[/]",
            _figure(rule["measured"], rule["unit"]),
            _figure(rule["limit"], ""),
            text,
        )
    Console().print(table)


def _figure(value: object, unit: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g} {unit}".strip()
    if isinstance(value, list):
        return " … ".join(f"{part:g}" if isinstance(part, int | float) else str(part) for part in value)
    return f"{value} {unit}".strip()
