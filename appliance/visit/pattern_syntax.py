"""How a plan's pattern is written: I-Regexp (RFC 9485) as a tree of rows, branches, repeats and sets of characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_DEEPEST = 20  # brackets within brackets
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_SPECIAL = set("\\.*+?()[]{}|^$-")
_CLASSES = {"d": (("0", "9"),), "w": (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z")), "s": (("\t", "\r"), (" ", " "))}
_CATEGORIES = {"L", "M", "N", "P", "S", "Z", "C"}


class PatternRefused(ValueError):
    """A pattern that cannot be read, said in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Letters:
    """A set of characters: ranges (both ends included) and Unicode categories, or all but these."""

    ranges: tuple[tuple[str, str], ...] = ()
    categories: tuple[str, ...] = ()
    others: tuple[Letters, ...] = ()
    but: bool = False

    def holds(self, letter: str) -> bool:
        """Whether a character is of the set."""
        found = (
            any(first <= letter <= last for first, last in self.ranges)
            or any(unicodedata.category(letter).startswith(name) for name in self.categories)
            or any(other.holds(letter) for other in self.others)
        )
        return found != self.but


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Branches:
    """One of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """So often; `most` None without end."""

    part: Node
    least: int
    most: int | None


Node = Letters | Row | Branches | Repeated
_ANY = Letters((("\n", "\n"), ("\r", "\r")), but=True)


def parse(text: str) -> Node:
    """The tree of a pattern. Raises `PatternRefused` naming the place."""
    if text.startswith("^"):
        text = text[1:]
    if text.endswith("$") and not text.endswith("\\$"):
        text = text[:-1]
    reader = _Reader(text)
    found = reader.branches(0)
    if not reader.ended:
        raise reader.refused("多出的右括号", "a bracket closes that was not opened")
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    @property
    def ended(self) -> bool:
        return self._at >= len(self._text)

    def refused(self, zh: str, en: str) -> PatternRefused:
        """With the place."""
        return PatternRefused(f"第 {self._at + 1} 个字符处：{zh}", f"at character {self._at + 1}: {en}")

    def branches(self, depth: int) -> Node:
        """`regexp` of the RFC: rows between bars."""
        if depth > _DEEPEST:
            raise self.refused(f"括号嵌套超过 {_DEEPEST} 层", f"more than {_DEEPEST} brackets within brackets")
        rows = [self._row(depth)]
        while self._next("|"):
            rows.append(self._row(depth))
        return rows[0] if len(rows) == 1 else Branches(tuple(rows))

    def _row(self, depth: int) -> Row:
        parts: list[Node] = []
        while not self.ended and self._text[self._at] not in "|)":
            parts.append(self._quantified(self._atom(depth)))
        return Row(tuple(parts))

    def _quantified(self, part: Node) -> Node:
        if self._next("*"):
            found = Repeated(part, 0, None)
        elif self._next("+"):
            found = Repeated(part, 1, None)
        elif self._next("?"):
            found = Repeated(part, 0, 1)
        elif self._next("{"):
            found = self._counted(part)
        else:
            return part
        if not self.ended and self._text[self._at] in "*+?{":
            raise self.refused("重复符号后不能再加重复符号", "nothing can be repeated twice over, lazily or greedily")
        return found

    def _counted(self, part: Node) -> Repeated:
        least = self._number()
        most: int | None = least
        if self._next(","):
            most = None if not self.ended and self._text[self._at] == "}" else self._number()
        if not self._next("}") or (most is not None and most < least):
            raise self.refused("次数应写作 {n}、{n,} 或 {n,m}", "a count is written {n}, {n,} or {n,m}")
        return Repeated(part, least, most)

    def _number(self) -> int:
        begin = self._at
        while not self.ended and self._text[self._at] in "0123456789" and self._at - begin < 4:
            self._at += 1
        if begin == self._at:
            raise self.refused("缺少次数", "a count is missing")
        return int(self._text[begin : self._at])

    def _atom(self, depth: int) -> Node:
        if self._next("("):
            if self._next("?") and not self._next(":"):
                raise self.refused("不支持环视等扩展", "look-around and other extensions are not supported")
            found = self.branches(depth + 1)
            if not self._next(")"):
                raise self.refused("缺少右括号", "a bracket is not closed")
            return found
        if self._next("["):
            return self._set()
        if self._next("."):
            return _ANY
        if self._next("\\"):
            return self._escaped()
        letter = self._text[self._at]
        if letter in _SPECIAL - {"-"}:
            raise self.refused(f"“{letter}”要写作“\\{letter}”", f"{letter!r} on its own: write \\{letter}")
        self._at += 1
        return _one(letter)

    def _set(self) -> Letters:
        but, ranges, others = self._next("^"), list[tuple[str, str]](), list[Letters]()
        begin = self._at
        while not self._next("]"):
            first = self._member(begin)
            if not first.ranges or first.but or first.ranges[0][0] != first.ranges[0][1]:
                others.append(first)
                continue
            last = first
            if self._text[self._at : self._at + 1] == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                last = self._member(begin)
            if len(last.ranges) != 1 or last.but or last.ranges[0][0] < first.ranges[0][0]:
                raise self.refused("字符范围颠倒", "a range of characters runs backwards")
            ranges.append((first.ranges[0][0], last.ranges[0][0]))
        if not ranges and not others:
            raise self.refused("空的字符集合", "an empty set of characters")
        return Letters(tuple(ranges), others=tuple(others), but=but)

    def _member(self, begin: int) -> Letters:
        if self.ended:
            raise self.refused("缺少“]”", "a set of characters is not closed")
        if self._next("\\"):
            return self._escaped()
        letter = self._text[self._at]
        if letter == "[" or (letter == "-" and self._at != begin and self._text[self._at + 1 : self._at + 2] != "]"):
            raise self.refused(f"集合里的“{letter}”要写作“\\{letter}”", f"{letter!r} within a set: write \\{letter}")
        self._at += 1
        return _one(letter)

    def _escaped(self) -> Letters:
        if self.ended:
            raise self.refused("末尾的“\\”", "a backslash at the end")
        letter = self._text[self._at]
        self._at += 1
        if letter in _SPECIAL or letter in _ESCAPED:
            return _one(_ESCAPED.get(letter, letter))
        if letter.lower() in _CLASSES:
            return Letters(_CLASSES[letter.lower()], but=letter.isupper())
        if letter in "pP":
            return self._category(but=letter == "P")
        raise self.refused(f"不支持“\\{letter}”", f"\\{letter} is not supported")

    def _category(self, *, but: bool) -> Letters:
        end = self._text.find("}", self._at)
        name = self._text[self._at + 1 : end]
        if end < 0 or not self._next("{") or name[:1] not in _CATEGORIES or len(name) > 2:
            raise self.refused("字符类别应如 \\p{L}、\\p{Nd}", "a category is written \\p{L} or \\p{Nd}")
        self._at = end + 1
        return Letters(categories=(name,), but=but)

    def _next(self, letter: str) -> bool:
        found = self._text[self._at : self._at + 1] == letter
        self._at += found
        return found


def _one(letter: str) -> Letters:
    return Letters(((letter, letter),))
