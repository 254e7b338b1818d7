"""Writes the little of YAML that first-boot files need: mappings, lists, and scalars as JSON writes them (YAML 1.2 contains JSON).

So no value can be taken for anything but itself: `no`, `0600` and `22:30` stay text. Long texts are literal blocks, for people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

Yaml = str | int | bool | Mapping[str, "Yaml"] | Sequence["Yaml"]

# Bare keys: plain words that YAML 1.1 takes for nothing else.
_WORD = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z][a-z0-9_-]*")


def yaml_text(value: Mapping[str, Yaml]) -> str:
    """The document, without a header."""
    return "\n".join(_mapping(value, 0)) + "\n"


def _mapping(value: Mapping[str, Yaml], depth: int) -> list[str]:
    lines: list[str] = []
    for key, inner in value.items():
        shown = key if _WORD.fullmatch(key) else json.dumps(key, ensure_ascii=False)
        lines += _entry(f"{' ' * depth}{shown}:", inner, depth)
    return lines


def _sequence(value: Sequence[Yaml], depth: int) -> list[str]:
    lines: list[str] = []
    for inner in value:
        if isinstance(inner, Mapping) and inner:
            first, *rest = _mapping(inner, depth + 2)
            lines += [f"{' ' * depth}- {first[depth + 2 :]}", *rest]
        else:
            lines += _entry(f"{' ' * depth}-", inner, depth)
    return lines


def _entry(begin: str, value: Yaml, depth: int) -> list[str]:
    if isinstance(value, str) and "\n" in value and _plain(value):
        indicator = "|" if value.endswith("\n") else "|-"
        return [
            f"{begin} {indicator}",
            *(
                f"{' ' * (depth + 2)}{line}" if line else ""
                for line in value.split("\n")[: -1 if value.endswith("\n") else None]
            ),
        ]
    if isinstance(value, Mapping) and value:
        return [begin, *_mapping(value, depth + 2)]
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return [begin, *_sequence(value, depth + 2)]
    return [f"{begin} {json.dumps(value, ensure_ascii=False)}"]


def _plain(text: str) -> bool:
    """Whether a literal block gives it back unchanged."""
    printable = all(letter == "\n" or letter.isprintable() for letter in text)
    return printable and not text.startswith((" ", "\n")) and not text.endswith("\n\n")
