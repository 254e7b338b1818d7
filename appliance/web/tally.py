"""What happened too often to be written one by one: the first of a kind is written at once, the rest as a count.

A student with a laptop can cause thousands of refusals a second; the journal lives on a card and is kept for years. While one
kind goes on, the pause between its entries doubles up to an hour: some thirty entries a day and kind, however large the flood.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0  # seconds between two entries of one kind
_KINDS = 64  # kept at a time; what comes beyond is counted as `other`
_WHO = 8  # addresses told apart in one entry


@dataclass(slots=True)
class _Count:
    """Not yet written of one kind; `due` is when it may be."""

    due: float
    pause: float = 0.0
    count: int = 0
    who: set[str] = field(default_factory=set)


class Tally:
    """Counts by kind; `add` waits for nothing and may be called from any thread."""

    def __init__(self, event: str, monotonic: Callable[[], float]) -> None:
        self._event, self._monotonic = event, monotonic
        self._lock = threading.Lock()
        self._kinds: dict[str, _Count] = {}
        # Addresses are told apart within one run, and say nothing outside of it.
        self._salt = secrets.token_bytes(16)

    def add(self, kind: str, address: str = "") -> None:
        """One more of `kind`, from `address`."""
        who = hashlib.blake2s(address.encode(), key=self._salt, digest_size=4).hexdigest()
        with self._lock:
            if kind not in self._kinds and len(self._kinds) >= _KINDS:
                kind = "other"
            kept = self._kinds.setdefault(kind, _Count(self._monotonic()))
            kept.count += 1
            if len(kept.who) < _WHO:
                kept.who.add(who)

    def flush(self, write: Callable[..., None], *, ending: bool = False) -> None:
        """Have `write` (event, body) write what is due; everything when the station is ending."""
        for kind, body in self._due(ending=ending):
            write(self._event, kind=kind, **body)

    def _due(self, *, ending: bool) -> list[tuple[str, dict[str, Any]]]:
        now = self._monotonic()
        found = []
        with self._lock:
            for kind, kept in list(self._kinds.items()):
                if now < kept.due and not ending:
                    continue
                if not kept.count:
                    del self._kinds[kind]  # quiet for a whole pause: the next one is a first again
                    continue
                found.append((kind, {"count": kept.count, "from": sorted(kept.who)}))
                pause = min(LONGEST_PAUSE, kept.pause * 2 or FIRST_PAUSE)
                self._kinds[kind] = _Count(now + pause, pause)
        return found
