"""A measured value, a bad value, or none: failure to measure is not a bad score (ISO/IEC 29794-5)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a rule says of a picture."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Message:
    """A text for people, in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """`value` in `unit`, or `None` with the `reason` why it could not be measured; `hint` says which way it is off
    (`left`, `up`, ...), for guidance."""

    value: float | str | None
    unit: str = ""
    reason: str | None = None
    hint: str | None = None

    @classmethod
    def failed(cls, reason: str, unit: str = "") -> Measurement:
        """Could not be measured."""
        return cls(None, unit, reason)

    @classmethod
    def of(cls, value: float, unit: str = "", hint: str | None = None) -> Measurement:
        """A figure; NaN and infinity from a network become "could not be measured"."""
        if not math.isfinite(value):
            return cls(None, unit, "not a finite number")
        return cls(float(value), unit, None, hint)
