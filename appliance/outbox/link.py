"""How the delivery process finds the platform, kept in one row of the ledger for the station to show."""

from __future__ import annotations

import threading

from appliance.ledger.boot import boot_clock, boot_id
from appliance.ledger.store import Ledger
from appliance.ledger.tables import LinkRow

BEAT_S = 20.0
SILENT_AFTER_S = 3 * BEAT_S


class Link:
    """Writes only what changed, and a sign of life every `BEAT_S`: each write costs the card an fsync. Thread-safe."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._shown: tuple[bool | None, str | None] = (None, None)
        self._seen_at: str | None = None
        self._written = float("-inf")
        self._uploaded = 0

    @property
    def is_sound(self) -> bool:
        """Whether the platform answers, and refused nothing the last time."""
        with self._lock:
            return self._shown == (True, None)

    def answered(self, at: str, *, error: str | None = None) -> None:
        """The platform answered at `at` (its time); `error` where the answer was a refusal of the whole station."""
        with self._lock:
            self._seen_at = at
            self._show(True, error)

    def failed(self, error: str) -> None:
        """Nobody answered."""
        with self._lock:
            self._show(False, error)

    def sent(self, count: int) -> None:
        """So many more bytes of originals are durable at the platform; written with the next beat."""
        with self._lock:
            self._uploaded += count

    def beat(self) -> None:
        """A sign of life, when one is due."""
        with self._lock:
            self._show(*self._shown)

    def _show(self, online: bool | None, error: str | None) -> None:
        """At once when the link came or went; another wording of the same trouble waits for the next sign of life."""
        was_online, was_error = self._shown
        turned = online != was_online or (error is None) != (was_error is None)
        if not turned and boot_clock() - self._written < BEAT_S:
            return
        with self._ledger.session() as session:
            row = session.get(LinkRow, 1) or LinkRow()
            row.online, row.last_error, row.seen_at = online, error, self._seen_at or row.seen_at
            row.beat, row.boot_id = boot_clock(), boot_id()
            row.uploaded_bytes += self._uploaded
            session.add(row)
        self._shown, self._written, self._uploaded = (online, error), boot_clock(), 0
