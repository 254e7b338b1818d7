"""Each measure over all pictures as SVG: one block a picture, stacked, coloured by whether it keeps its limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.portrait.rulebook import RULES, Reads

WIDTH, HEIGHT, FOOT = 360, 110, 18  # pixels of a histogram, and of the figures below it
_BINS = 36
_EACH = 600  # pictures, up to which every one is a block that leads to it
_MAGNITUDES = {part.limit for rule in RULES for part in rule.parts if part.reads is Reads.MAGNITUDE}
_OUTLYING = 99.0  # percentile up to which the axis reaches; what lies beyond is put into the last bin


@dataclass(frozen=True, slots=True)
class Reading:
    """One measure of one picture: `kept` is `None` where it could not be measured; a magnitude's limit is the band from minus to
    plus."""

    value: float | None
    unit: str
    limit: tuple[float, ...]
    kept: bool | None


@dataclass(frozen=True, slots=True)
class Series:
    """All readings of one measure, each with the number of its picture."""

    rule: str
    key: str
    readings: tuple[tuple[int, Reading], ...]

    @property
    def unmeasured(self) -> int:
        """Pictures on which it could not be measured."""
        return sum(1 for _, reading in self.readings if reading.value is None)

    @property
    def failed(self) -> int:
        """Pictures that do not keep the limit."""
        return sum(1 for _, reading in self.readings if reading.kept is False)


def series_of(results: Sequence[dict[str, Any]]) -> list[Series]:
    """The readings of results (`station check --json`) by measure, in the order of the rules."""
    found: dict[tuple[str, str], list[tuple[int, Reading]]] = {
        (rule.id, part.limit): [] for rule in RULES for part in rule.parts if part.limit is not None
    }
    for number, result in enumerate(results):
        for rule in result["rules"]:
            for part in rule["parts"]:
                if (
                    part["measure"] is not None
                    and part["outcome"] != "exempt"
                    and not isinstance(part["measured"], str)
                ):
                    found[rule["id"], part["measure"]].append((number, _reading(part)))
    return [Series(rule, key, tuple(rows)) for (rule, key), rows in found.items() if rows]


def _reading(part: dict[str, Any]) -> Reading:
    limit = part["limit"]
    ends = limit if isinstance(limit, list | tuple) else (limit,)
    figures = tuple(float(end) for end in ends if isinstance(end, int | float))
    if part["measure"] in _MAGNITUDES:
        figures = (-figures[0], figures[0])
    kept = {"pass": True, "fail": False}.get(part["outcome"])
    return Reading(part["measured"], part["unit"], figures, kept)


def histogram(series: Series, names: Sequence[str]) -> str:
    """The drawing of one measure, or an empty text where it was never measured; `names` by number of the picture."""
    measured = [(number, reading) for number, reading in series.readings if reading.value is not None]
    if not measured:
        return ""
    limits = measured[0][1].limit
    values = np.array([reading.value for _, reading in measured], np.float64)
    low, high = _range(values, limits)
    places = np.clip(((values - low) / (high - low) * _BINS).astype(int), 0, _BINS - 1)
    tallest = int(np.bincount(places, minlength=_BINS).max())
    rise = (HEIGHT - FOOT - 10) / max(tallest, 6)
    return "".join(
        [
            f'<svg class="histogram" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            *(_allowed(measured[0][1], low, high)),
            *(_blocks(measured, places, rise, names) if len(measured) <= _EACH else _bars(measured, places, rise)),
            f'<path class="axis" d="M0 {HEIGHT - FOOT}H{WIDTH}"/>',
            *(_figure(limit, low, high) for limit in limits),
            f'<text x="0" y="{HEIGHT - 4}">{low:.3g}</text>',
            f'<text x="{WIDTH}" y="{HEIGHT - 4}" text-anchor="end">{high:.3g}{escape(_unit(measured[0][1].unit))}</text>',
            "</svg>",
        ]
    )


def _range(values: NDArray[np.float64], limits: tuple[float, ...]) -> tuple[float, float]:
    inner = np.percentile(values, [100 - _OUTLYING, _OUTLYING])
    numbers = np.array([*inner, *limits])
    low, high = float(numbers.min()), float(numbers.max())
    room = 0.05 * max(high - low, 1e-6)
    return low - room, high + room


def _allowed(reading: Reading, low: float, high: float) -> list[str]:
    """A stripe over what a band takes."""
    limits = reading.limit
    if len(limits) != 2:
        return []
    left, right = _x(limits[0], low, high), _x(limits[1], low, high)
    return [f'<rect class="taken" x="{left:.1f}" y="0" width="{right - left:.1f}" height="{HEIGHT - FOOT}"/>']


def _blocks(
    measured: Sequence[tuple[int, Reading]], places: NDArray[np.int_], rise: float, names: Sequence[str]
) -> list[str]:
    stacked = [0] * _BINS
    wide = WIDTH / _BINS
    drawn = []
    for place, (number, reading) in sorted(zip(places, measured, strict=True), key=lambda row: row[1][1].kept is False):
        y = HEIGHT - FOOT - (stacked[place] + 1) * rise
        stacked[place] += 1
        state = "pass" if reading.kept else "fail"
        told = escape(f"{names[number]}: {reading.value:.4g}{_unit(reading.unit)}")
        drawn.append(
            f'<a href="#p{number}"><rect class="{state}" x="{place * wide + 0.6:.1f}" y="{y:.2f}" width="{wide - 1.2:.1f}" '
            f'height="{max(rise - 0.7, 0.5):.2f}"><title>{told}</title></rect></a>'
        )
    return drawn


def _bars(measured: Sequence[tuple[int, Reading]], places: NDArray[np.int_], rise: float) -> list[str]:
    wide, drawn = WIDTH / _BINS, []
    failed = np.array([reading.kept is False for _, reading in measured])
    kept = np.bincount(places[~failed], minlength=_BINS)
    lost = np.bincount(places[failed], minlength=_BINS)
    for place in range(_BINS):
        for state, count, below in (("pass", kept[place], 0), ("fail", lost[place], kept[place])):
            y = HEIGHT - FOOT - (below + count) * rise
            drawn.append(
                f'<rect class="{state}" x="{place * wide + 0.6:.1f}" y="{y:.2f}" width="{wide - 1.2:.1f}" '
                f'height="{count * rise:.2f}"><title>{count}</title></rect>'
            )
    return drawn


def _figure(limit: float, low: float, high: float) -> str:
    x = _x(limit, low, high)
    anchor = "start" if x < WIDTH * 0.7 else "end"
    shift = 3 if anchor == "start" else -3
    return (
        f'<path class="limit" d="M{x:.1f} 0V{HEIGHT - FOOT + 3}"/>'
        f'<text class="limit" x="{x + shift:.1f}" y="10" text-anchor="{anchor}">{limit:g}</text>'
    )


def _x(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) * WIDTH


def _unit(unit: str) -> str:
    return unit if unit in ("", "%", "°") else f" {unit}"
