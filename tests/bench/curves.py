"""The values of each rule beside its limit: green where the picture is good, red where it has the fault."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from appliance.portrait.profile import Profile

_WIDTH, _HEIGHT, _LEFT = 1100, 90, 190
_GOOD, _BAD, _INK = (60, 150, 40), (50, 50, 210), (40, 40, 40)


def draw(path: Path, values: dict[str, list[tuple[float, bool]]], profile: Profile) -> None:
    """Write one row a rule as a picture. `values` holds (measured, has the fault)."""
    rows = [_row(rule, found, profile) for rule, found in sorted(values.items()) if found]
    if rows and not cv2.imwrite(str(path), np.vstack(rows)):
        raise OSError(f"{path} cannot be written")


def _row(rule: str, found: list[tuple[float, bool]], profile: Profile) -> np.ndarray:
    picture = np.full((_HEIGHT, _WIDTH, 3), 255, np.uint8)
    limits = _figures(rule, profile)
    numbers = np.array([value for value, _ in found] + limits)
    low, high = np.percentile(numbers, 0), np.percentile(numbers, 99)
    margin = 0.04 * max(float(high - low), 1e-6)
    low, high = float(low) - margin, float(high) + margin

    def place(value: float) -> int:
        return int(_LEFT + (min(max(value, low), high) - low) / (high - low) * (_WIDTH - _LEFT - 12))

    scatter = np.random.default_rng(0)
    for value, bad in found:
        y = int((64 if bad else 28) + scatter.uniform(-13, 13))
        cv2.circle(picture, (place(value), y), 2, _BAD if bad else _GOOD, -1, cv2.LINE_AA)
    for limit in limits:
        cv2.line(picture, (place(limit), 6), (place(limit), _HEIGHT - 6), _INK, 1)
        cv2.putText(picture, f"{limit:g}", (place(limit) + 3, _HEIGHT - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.38, _INK, 1)
    cv2.putText(picture, rule, (6, 48), cv2.FONT_HERSHEY_SIMPLEX, 0.5, _INK, 1, cv2.LINE_AA)
    return picture


def _figures(rule: str, profile: Profile) -> list[float]:
    """The limits of a rule and its parts, as figures."""
    figures: list[float] = []
    for key, limit in profile.limits.items():
        if key == rule:
            figures += [
                float(part) for part in (limit if isinstance(limit, tuple) else (limit,)) if not isinstance(part, str)
            ]
    return figures
