"""The form a plan wants of an answer: I-Regexp (RFC 9485), matched in time that grows with pattern times answer, never faster.

A plan comes from elsewhere, and a regular expression that backtracks can keep a station busy for years with thirty letters. So
only what a finite automaton can decide is read: no look-around, no back-references. Every state is followed at once (Thompson,
Regular Expression Search Algorithm, CACM 11 (6), 1968). Beyond the RFC, because plans have them: \\d \\w \\s (ASCII) with their
opposites, (?:...), and ^ $ around the whole, which say what holds anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.visit.pattern_syntax import Branches, Letters, Node, PatternRefused, Repeated, Row, parse

MOST_STATES = 1_000  # counted repeats written out; an answer of 200 letters then takes a tenth of a second at the worst


@dataclass(slots=True)
class _State:
    """Goes on freely to every state of `free`, and over one character of `letters` to `then`."""

    free: list[int]
    letters: Letters | None = None
    then: int = 0


class AnswerPattern:
    """A pattern read and ready. Raises `PatternRefused` for one that is not an I-Regexp, or too large."""

    def __init__(self, text: str) -> None:
        self._states: list[_State] = []
        self._first, self._last = self._built(parse(text))

    def fits(self, answer: str) -> bool:
        """Whether the whole answer has this form."""
        here = self._freely([self._first])
        for letter in answer:
            here = self._freely(
                state.then
                for state in map(self._states.__getitem__, here)
                if state.letters is not None and state.letters.holds(letter)
            )
            if not here:
                return False
        return self._last in here

    def _freely(self, begun: Iterable[int]) -> set[int]:
        """Where one may be without another character."""
        found, left = set[int](), list(begun)
        while left:
            number = left.pop()
            if number not in found:
                found.add(number)
                left += self._states[number].free
        return found

    def _new(self) -> int:
        if len(self._states) >= MOST_STATES:
            raise PatternRefused(
                f"重复次数太多（展开后超过 {MOST_STATES} 步），请写短一些",
                f"it repeats too much (more than {MOST_STATES} steps when written out): make it shorter",
            )
        self._states.append(_State([]))
        return len(self._states) - 1

    def _built(self, node: Node) -> tuple[int, int]:
        """States for a part of the pattern: its first and its last."""
        match node:
            case Letters():
                first, last = self._new(), self._new()
                self._states[first].letters, self._states[first].then = node, last
                return first, last
            case Row(parts):
                first = last = self._new()
                for part in parts:
                    begin, end = self._built(part)
                    self._states[last].free.append(begin)
                    last = end
                return first, last
            case Branches(parts):
                first, last = self._new(), self._new()
                for part in parts:
                    begin, end = self._built(part)
                    self._states[first].free.append(begin)
                    self._states[end].free.append(last)
                return first, last
            case Repeated():
                return self._repeated(node)

    def _repeated(self, node: Repeated) -> tuple[int, int]:
        first = last = self._new()
        for _ in range(node.least):
            begin, end = self._built(node.part)
            self._states[last].free.append(begin)
            last = end
        if node.most is None:
            begin, end = self._built(node.part)
            after = self._new()
            self._states[last].free += [begin, after]
            self._states[end].free += [begin, after]
            return first, after
        after = self._new()
        for _ in range(node.most - node.least):
            begin, end = self._built(node.part)
            self._states[last].free += [begin, after]
            last = end
        self._states[last].free.append(after)
        return first, after
