"""Codes that pair one tablet each: the one the station shows when it starts, and those a technician asks for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable

from appliance.ledger.store import Ledger

_SPENT = "pairing-code-spent"
FIRST_LASTS = 24 * 3600.0  # seconds: the code on the console or the label, for the day it was switched on
LASTS = 600.0  # seconds: one that a technician asked for while standing there


def new_pairing_code() -> str:
    """Six random digits, for the console and the label."""
    return f"{secrets.randbelow(1_000_000):06d}"


def unspent(ledger: Ledger, code: str) -> str:
    """`code`, or another in its place when it has paired a tablet before: a label opens once, not once a start."""
    return new_pairing_code() if ledger.note(_SPENT) == _digest(code) else code


class PairingCodes:
    """At most two at a time: the first, and the newest that was asked for. Each opens once, and only for so long."""

    def __init__(self, ledger: Ledger, first: str, monotonic: Callable[[], float]) -> None:
        self._ledger = ledger
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._first: tuple[str, float] | None = (first, monotonic() + FIRST_LASTS)
        self._asked: tuple[str, float] | None = None

    def issue(self) -> str:
        """A new code, in place of the last that was asked for; good for `LASTS` seconds."""
        with self._lock:
            code = new_pairing_code()
            self._asked = (code, self._monotonic() + LASTS)
            return code

    def take(self, given: str) -> bool:
        """Whether `given` opens; then it never does again. Compared in constant time."""
        with self._lock:
            first, asked = self._opens(self._first, given), self._opens(self._asked, given)
            if first:
                self._first = None
                self._ledger.keep_note(_SPENT, _digest(given.strip()))
            elif asked:
                self._asked = None
            return first or asked

    def _opens(self, kept: tuple[str, float] | None, given: str) -> bool:
        if kept is None or self._monotonic() > kept[1]:
            return False
        return hmac.compare_digest(given.strip().encode(), kept[0].encode())


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
