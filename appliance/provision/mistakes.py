"""What is wrong with a site file: all of it at once, each with key, value, limit and way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One key that cannot stay as it is, in both languages; `key` is a path such as `stations[2].name`."""

    key: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.key}: {self.zh}\n    {self.en}"


class SiteFileWrong(ValueError):
    """The site file cannot be used; nothing was written."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)
