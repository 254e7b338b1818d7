"""Guessing slowed down: after five wrong answers each further one costs a longer wait, and a restart forgives nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

from appliance.ledger.store import Ledger
from appliance.portrait.measurement import Message
from appliance.web.problems import ProblemError

TRIES = 5  # wrong answers before the door slows down
SLOWEST = 300.0  # seconds
_KEPT = 200  # keys; those with the fewest wrong answers go first


class Throttle:
    """Counts wrong answers by key (a person, a tablet). `monotonic` is the clock of the waits; `note` names the ledger's note."""

    def __init__(self, ledger: Ledger, note: str, monotonic: Callable[[], float], tries: int = TRIES) -> None:
        self._ledger = ledger
        self._tries = tries
        self._note = note
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._wrong: dict[str, int] = json.loads(ledger.note(note) or "{}")
        now = monotonic()
        self._closed_until = {key: now + self._wait_after(wrong) for key, wrong in self._wrong.items()}

    def check(self, *keys: str) -> None:
        """Raises `ProblemError` 429 while any of `keys` has to wait."""
        with self._lock:
            until = max(self._closed_until.get(key, 0.0) for key in keys)
        wait = until - self._monotonic()
        if wait > 0:
            seconds = int(wait) + 1
            message = Message(
                zh=f"输错次数太多，请 {seconds} 秒后再试",
                en=f"too many wrong tries: wait {seconds} seconds, then try again",
            )
            raise ProblemError(429, "slowed-down", message, retry_after=seconds)

    def fresh(self, key: str) -> bool:
        """Whether nothing wrong came from there, as far as is remembered: when the memory is full, nobody counts as fresh."""
        with self._lock:
            return key not in self._wrong and len(self._wrong) < _KEPT

    def wrong(self, *keys: str) -> int:
        """One more wrong answer; how many are left before the wait begins."""
        with self._lock:
            for key in keys:
                self._wrong[key] = self._wrong.get(key, 0) + 1
                self._closed_until[key] = self._monotonic() + self._wait_after(self._wrong[key])
            left = min(max(0, self._tries - self._wrong[key]) for key in keys)
            self._keep()
            return left

    def right(self, *keys: str) -> None:
        """The right answer: their count begins anew."""
        with self._lock:
            known = [key for key in keys if key in self._wrong]
            for key in known:
                del self._wrong[key]
                self._closed_until.pop(key, None)
            if known:
                self._keep()

    def _keep(self) -> None:
        most = sorted(self._wrong.items(), key=lambda item: item[1], reverse=True)[:_KEPT]
        self._wrong = dict(most)
        self._closed_until = {key: until for key, until in self._closed_until.items() if key in self._wrong}
        self._ledger.keep_note(self._note, json.dumps(self._wrong))

    def _wait_after(self, wrong: int) -> float:
        """Seconds: none for the first tries but one, then 2, 4, 8 ... up to `SLOWEST`."""
        return 0.0 if wrong < self._tries else min(SLOWEST, 2.0 ** min(wrong - self._tries + 1, 16))
