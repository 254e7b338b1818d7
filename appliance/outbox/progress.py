"""How far the originals on their way have got: a small file beside the ledger, written often and never synced.

Losing it costs nothing, and the ledger's card is spared a write for every piece. Two may be on their way at once; shown is
the one that began first, at its own rate.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = "delivery.progress.json"
_WINDOW_S = 10.0
_STALE_S = 120.0


@dataclass(slots=True)
class _Upload:
    """One original: bytes in all, bytes durable at the platform, and when which count of them arrived."""

    total: int
    offset: int = 0
    arrived: deque[tuple[float, int]] = field(default_factory=deque)

    def moved(self, offset: int, count: int) -> None:
        now = time.monotonic()
        self.offset = offset
        self.arrived.append((now, count))
        while len(self.arrived) > 2 and now - self.arrived[0][0] > _WINDOW_S:
            self.arrived.popleft()

    def rate(self) -> float:
        """Bytes a second over the last while; 0 before anything arrived."""
        begun, last = self.arrived[0][0], self.arrived[-1][0]
        return sum(some for at, some in self.arrived if at > begun) / max(last - begun, 0.001)


class Progress:
    """Kept by the delivery process, for all its workers. Thread-safe."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self._lock = threading.Lock()
        self._uploads: dict[str, _Upload] = {}

    def begin(self, capture_id: str, total: int) -> None:
        """An original begins, or goes on."""
        with self._lock:
            upload = self._uploads[capture_id] = _Upload(total)
            upload.arrived.append((time.monotonic(), 0))

    def moved(self, capture_id: str, offset: int, count: int) -> None:
        """`count` bytes more of it are durable at the platform, `offset` in all."""
        with self._lock:
            self._uploads[capture_id].moved(offset, count)
            self._show()

    def end(self, capture_id: str) -> None:
        """It arrived, or broke off."""
        with self._lock:
            self._uploads.pop(capture_id, None)
            self._show()

    def _show(self) -> None:
        found = next(((name, upload) for name, upload in self._uploads.items() if upload.offset), None)
        if found is None:
            self._path.unlink(missing_ok=True)
            return
        capture_id, upload = found
        rate = upload.rate()
        self._write(
            {
                "capture_id": capture_id,
                "sent": upload.offset,
                "total": upload.total,
                "bytes_per_s": round(rate),
                "seconds_left": round((upload.total - upload.offset) / rate, 1) if rate > 0 else None,
            }
        )

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
