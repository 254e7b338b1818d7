"""Document numbers of GB 11643: 6 digits of region, 8 of birth date, 3 of sequence, a check character (ISO 7064 MOD 11-2)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

_FORM = re.compile(r"\d{17}[\dX]")
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_CHECKS = "10X98765432"
_EARLIEST = 120  # years; nobody older graduates
# What a reader takes for one another in digits. A wrong guess is caught by the check character.
_LOOK_ALIKES = str.maketrans("OQDILBSZ", "00011852")


def is_number(text: str, today: date) -> bool:
    """Whether `text` is a document number: form, region, a birth date that can be, and the right check character."""
    if _FORM.fullmatch(text) is None or int(text[:2]) not in _regions():
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    if not date(today.year - _EARLIEST, 1, 1) <= born <= today:
        return False
    return check_character(text[:17]) == text[17]


def check_character(body: str) -> str:
    """The 18th character for 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def number_in(lines: Iterable[str], today: date) -> str | None:
    """The document number among texts that were read; letters that look like digits are tried as digits."""
    for line in lines:
        plain = "".join(line.upper().split())
        for text in (plain, plain.translate(_LOOK_ALIKES)):
            for start in range(max(0, len(text) - 17)):
                if is_number(text[start : start + 18], today):
                    return text[start : start + 18]
    return None


@cache
def _regions() -> frozenset[int]:
    return frozenset(tomllib.loads(Path(__file__).with_name("regions.toml").read_text(encoding="utf-8"))["codes"])
