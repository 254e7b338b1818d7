"""Wrong answers by code: a growing pause, kept across visits and restarts, and measured by no clock that can be set.

The first `FREE` wrong answers are followed at once by another try; from the last of them on each costs a pause, 30 s first and
twice as long each time, an hour at most. A pause is measured by the boot clock. After a restart nobody can say how long the
station was off, so the pause begins anew with that boot: pulling the plug is never the shorter way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

from appliance.ledger import boot
from appliance.ledger.store import Ledger
from appliance.ledger.tables import TriesRow

FREE = 3
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 3600.0
_DOUBLINGS = 7  # from the first pause to the longest


def pause_after(wrong: int) -> float:
    """Seconds to wait after so many wrong answers."""
    if wrong < FREE:
        return 0.0
    return min(FIRST_PAUSE_S * 2.0 ** min(wrong - FREE, _DOUBLINGS), LONGEST_PAUSE_S)


class Tries:
    """The count of each code, in the ledger."""

    def __init__(
        self,
        ledger: Ledger,
        boot_clock: Callable[[], float] = boot.boot_clock,
        boot_id: Callable[[], str] = boot.boot_id,
    ) -> None:
        self._ledger = ledger
        self._boot_clock = boot_clock
        self._boot_id = boot_id

    def retry_after(self, code_digest: str) -> int | None:
        """Whole seconds until the next answer is taken; None when it may be given now."""
        return self._pause_left(self._row(code_digest))

    def left(self, code_digest: str) -> int:
        """Answers that may be given before the next pause."""
        row = self._row(code_digest)
        if self._pause_left(row) is not None:
            return 0
        return max(1, FREE - row.wrong)

    def wrong(self, code_digest: str) -> int:
        """How many wrong answers were given since the last right one."""
        return self._row(code_digest).wrong

    def count_wrong(self, code_digest: str) -> int:
        """One more wrong answer; durable when this returns. How many there are now."""
        with self._ledger.session() as session:
            row = session.get(TriesRow, code_digest) or TriesRow(code_digest=code_digest)
            row.wrong += 1
            row.last_wrong_at = datetime.now(UTC).isoformat()
            row.clock, row.boot_id = self._boot_clock(), self._boot_id()
            session.add(row)
            return row.wrong

    def count_right(self, code_digest: str) -> int:
        """The right answer was given: the count begins anew. How many wrong ones came before it."""
        with self._ledger.session() as session:
            row = session.get(TriesRow, code_digest)
            if row is None:
                return 0
            wrong = row.wrong
            session.delete(row)
            return wrong

    def _row(self, code_digest: str) -> TriesRow:
        with self._ledger.reading() as session:
            return session.get(TriesRow, code_digest) or TriesRow(code_digest=code_digest)

    def _pause_left(self, row: TriesRow) -> int | None:
        now = self._boot_clock()
        since = now - row.clock if row.boot_id == self._boot_id() else now
        left = pause_after(row.wrong) - max(0.0, since)
        return math.ceil(left) if left > 0 else None
