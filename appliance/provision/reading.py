"""Reads one table of a TOML file: every key is taken once, what is left over is misspelt, and all mistakes are kept for the end.

A value that is wrong is replaced by its default, so that one reading finds every mistake, not just the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from appliance.provision.mistakes import Mistake


class Table:
    """The table at `path`. `given` is what TOML made of it; mistakes go into `mistakes`, which tables of one file share."""

    def __init__(self, path: str, given: Any, mistakes: list[Mistake]) -> None:
        self.path = path
        self.mistakes = mistakes
        self._known: list[str] = []
        self.given: dict[str, Any] = {}
        if isinstance(given, dict):
            self.given = given
        else:
            self.wrong("", f"这里应是一个表 [{path}]，不是 {given!r}", f"must be a table [{path}], not {given!r}")

    def wrong(self, key: str, zh: str, en: str) -> None:
        """Keep a mistake of `key`."""
        self.mistakes.append(Mistake(self.place(key), zh, en))

    def place(self, key: str) -> str:
        """The whole name of a key."""
        return ".".join(part for part in (self.path, key) if part)

    def has(self, key: str) -> bool:
        """Whether the key was given."""
        return key in self.given

    def text(self, key: str, default: str | None, pattern: str, zh: str, en: str) -> str:
        """A text that matches `pattern` whole; `default=None` makes it necessary. `zh` and `en` say the limit and the way out."""
        found = self._take(key)
        if found is None:
            if default is None:
                self.wrong(key, f"缺少。{zh}", f"is missing. {en}")
            return default or ""
        if not isinstance(found, str) or re.fullmatch(pattern, found) is None:
            self.wrong(key, f"{found!r} 不能用。{zh}", f"{found!r} cannot be used. {en}")
            return default or ""
        return found

    def secret(self, key: str, default: str, pattern: str, zh: str, en: str) -> str:
        """As `text`, but what was given is never shown, only how long it is."""
        found = self._take(key)
        if found is None:
            return default
        if not isinstance(found, str) or re.fullmatch(pattern, found) is None:
            length = len(found) if isinstance(found, str) else 0
            self.wrong(key, f"（{length} 个字符）不能用。{zh}", f"({length} characters) cannot be used. {en}")
            return default
        return found

    def choice(self, key: str, default: str, among: tuple[str, ...]) -> str:
        """One of `among`."""
        listed = ", ".join(f'"{value}"' for value in among)
        pattern = "|".join(map(re.escape, among))
        return self.text(key, default, pattern, f"可选：{listed}", f"Choose one of {listed}")

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        found = self._take(key)
        if found is None:
            return default
        if not isinstance(found, bool):
            self.wrong(key, f"{found!r} 不能用。写 true 或 false", f"{found!r} cannot be used. Write true or false")
            return default
        return found

    def number(self, key: str, among: Callable[[int], bool], zh: str, en: str) -> int | None:
        """A whole number that `among` accepts; none when it is not given."""
        found = self._take(key)
        if found is None:
            return None
        if not isinstance(found, int) or isinstance(found, bool) or not among(found):
            self.wrong(key, f"{found!r} 不能用。{zh}", f"{found!r} cannot be used. {en}")
            return None
        return found

    def several(self, key: str, default: tuple[str, ...], among: tuple[str, ...]) -> tuple[str, ...]:
        """A list of some of `among`, each once."""
        found = self._take(key)
        if found is None:
            return default
        listed = ", ".join(f'"{value}"' for value in among)
        if not isinstance(found, list) or any(value not in among for value in found):
            self.wrong(
                key, f"{found!r} 不能用。列表，只含 {listed}", f"{found!r} cannot be used. Write a list of {listed}"
            )
            return default
        return tuple(dict.fromkeys(found))

    def table(self, key: str) -> Table | None:
        """The table below; none when it is not given."""
        found = self._take(key)
        return None if found is None else Table(self.place(key), found, self.mistakes)

    def raw(self, key: str) -> dict[str, Any]:
        """The table below as it is, for a model of its own."""
        found = self._take(key)
        if found is None:
            return {}
        if not isinstance(found, dict):
            self.wrong(key, f"这里应是一个表，不是 {found!r}", f"must be a table, not {found!r}")
            return {}
        return found

    def tables(self, key: str) -> list[Table]:
        """The tables of a list `[[key]]`."""
        found = self._take(key)
        if found is None:
            return []
        if not isinstance(found, list):
            self.wrong(key, f"写成 [[{key}]]，每台一段", f"write [[{key}]], one part a station")
            return []
        return [Table(f"{self.place(key)}[{number}]", one, self.mistakes) for number, one in enumerate(found, 1)]

    def done(self) -> None:
        """After the last key: whatever was not asked for is misspelt."""
        for key in self.given:
            if key in self._known:
                continue
            near = get_close_matches(key, self._known, n=1, cutoff=0.5)
            zh = f"是不是 {near[0]}？" if near else f"可用的键：{', '.join(self._known)}"
            en = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(self._known)}"
            self.wrong(key, f"没有这个键。{zh}", f"is not a known key. {en}")

    def _take(self, key: str) -> Any:
        self._known.append(key)
        return self.given.get(key)
