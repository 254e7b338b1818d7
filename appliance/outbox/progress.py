"""How far the original on its way has got: a small file beside the ledger, written often and never synced.

Losing it costs nothing, and the ledger's card is spared a write for every piece.
"""

from __future__ import annotations

import json
import time
from collections import deque
from pathlib import Path
from typing import Any

FILE = "delivery.progress.json"
_WINDOW_S = 10.0
_STALE_S = 120.0


class Progress:
    """Kept by the delivery process for one original at a time."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self._capture_id, self._total = "", 0
        self._arrived: deque[tuple[float, int]] = deque()

    def begin(self, capture_id: str, total: int) -> None:
        """An original begins, or goes on."""
        self._capture_id, self._total = capture_id, total
        self._arrived.clear()
        self._arrived.append((time.monotonic(), 0))

    def moved(self, offset: int, count: int) -> None:
        """`count` bytes more are durable at the platform, `offset` in all."""
        now = time.monotonic()
        self._arrived.append((now, count))
        while len(self._arrived) > 2 and now - self._arrived[0][0] > _WINDOW_S:
            self._arrived.popleft()
        begun = self._arrived[0][0]
        rate = sum(some for at, some in self._arrived if at > begun) / max(now - begun, 0.001)
        self._write(
            {
                "capture_id": self._capture_id,
                "sent": offset,
                "total": self._total,
                "bytes_per_s": round(rate),
                "seconds_left": round((self._total - offset) / rate, 1) if rate > 0 else None,
            }
        )

    def end(self) -> None:
        """It arrived, or broke off."""
        self._path.unlink(missing_ok=True)

    def _write(self, facts: dict[str, Any]) -> None:
        beside = self._path.with_suffix(".part")
        beside.write_text(json.dumps(facts))
        beside.replace(self._path)


def read_progress(data_dir: Path) -> dict[str, Any] | None:
    """The original on its way: capture, bytes sent and in all, rate, seconds left. None when there is none."""
    path = data_dir / FILE
    try:
        if time.time() - path.stat().st_mtime > _STALE_S:
            return None  # of a process that was killed
        facts: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return facts
