"""What a scanner that pretends to be a keyboard types: key codes of the kernel to characters.

Scanners type on the US layout unless set up otherwise. Read from the device itself, a code never passes through the
system's keyboard layout or an input method, so neither can garble it.
"""

from __future__ import annotations

from math import inf

# Linux's input-event-codes.h: code -> (plain, shifted), rows of the US layout.
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
)
US_LAYOUT: dict[int, tuple[str, str]] = {
    first + place: (plain, shifted)
    for first, row, shifted_row in _ROWS
    for place, (plain, shifted) in enumerate(zip(row, shifted_row, strict=True))
}
US_LAYOUT[57] = (" ", " ")
US_LAYOUT |= {
    code: (char, char) for code, char in zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82), "7894561230", strict=True)
}
US_LAYOUT |= {55: ("*", "*"), 74: ("-", "-"), 78: ("+", "+"), 83: (".", "."), 98: ("/", "/")}

SHIFTS = frozenset((42, 54))
ENDS = frozenset((28, 96, 15))  # Enter, keypad Enter, Tab
LONGEST = 4096  # characters
PAUSE = 0.5  # seconds between two keys of one code at most; scanners type a key every few milliseconds


class Typing:
    """Puts key strokes together to payloads. Not thread-safe: its owner thread has it alone."""

    def __init__(self, layout: dict[int, tuple[str, str]] | None = None) -> None:
        self._layout = layout or US_LAYOUT
        self._typed: list[str] = []
        self._shifts: set[int] = set()
        self._last = 0.0
        self._torn = False

    def torn(self) -> None:
        """Keys may have been missed: what is being typed is no whole code, and is dropped with its end."""
        self._torn, self._last = True, inf  # until an end is typed, or no key for a while
        self._typed.clear()
        self._shifts.clear()

    def key(self, code: int, pressed: bool, at: float) -> str | None:
        """A key went down or up at `at` (seconds); the payload when that ended one."""
        if code in SHIFTS:
            (self._shifts.add if pressed else self._shifts.discard)(code)
            return None
        if not pressed:
            return None
        if at - self._last > PAUSE:
            self._typed.clear()  # a code broken off half-way
            self._torn = False
        self._last = at
        if code in ENDS:
            payload, self._typed = "".join(self._typed).strip(), []
            whole, self._torn = not self._torn, False
            return payload or None if whole else None
        pair = self._layout.get(code)
        if pair is not None:
            self._typed.append(pair[bool(self._shifts)])
            if len(self._typed) > LONGEST:
                self._typed.clear()
        return None
