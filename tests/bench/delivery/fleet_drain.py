"""A fleet after an outage: the platform was away, every station has captures waiting; then it comes back.

Each station is what a delivery process is towards the platform: one request at a time, small parts of all its captures before the
first original, oldest first, and after a failure it waits by the worker's own backoff and `Retry-After`. All of them may be in
the middle of a request at once. Left out are the ledger and the long polls.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from fleet_stations import Call, Fleet, Timetable
from platform_fixtures import MadeCapture, PlatformProcess
from sqlmodel import col, select

from appliance.outbox.worker import LINK
from appliance.platform.errors import PlatformBusy, PlatformError, PlatformUnreachable
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.tables import CaptureRow

_LONG_AWAY = 10  # failures in a row that a long outage left behind: the backoff stands at its cap
_BACK_AFTER_S = 5.0


@dataclass
class Returning:
    """One station and what it has left to send."""

    fleet: Fleet
    table: Timetable
    station: int
    left: list[tuple[MadeCapture, str]]
    failures: int = _LONG_AWAY

    def begin(self) -> None:
        """It last tried some time ago."""
        self.table.at(LINK.delay(self.failures), self.step)

    def step(self) -> None:
        """The next part, or the same again after a wait."""
        capture, kind = self.left[0]
        try:
            self.fleet.part(self.station, capture, kind)
        except (PlatformBusy, PlatformUnreachable) as error:
            self.failures += 1
            asked = error.retry_after if isinstance(error, PlatformBusy) else None
            self.table.at(self.fleet.now() + LINK.delay(self.failures, asked), self.step)
        else:
            self.failures = 0
            self.left.pop(0)
            if self.left:
                self.table.at(self.fleet.now(), self.step)


def drain(fleet: Fleet, process: PlatformProcess, waiting: int, original_bytes: int) -> dict[str, Any]:
    """The platform comes back after a long outage; figures of the drain. Raises what is no passing failure."""
    queues = [[fleet.capture(number, original_bytes) for _ in range(waiting)] for number in range(len(fleet.stations))]
    process.kill()
    fleet.begin_again()
    table = Timetable(fleet.now, at_once=len(queues))
    for number, queue in enumerate(queues):
        small = [(capture, kind) for kind in ("record", "photo") for capture in queue]
        large = [(capture, kind) for capture in queue for kind in ("original", "receipt")]
        Returning(fleet, table, number, small + large).begin()
    table.at(_BACK_AFTER_S, process.start)
    table.run()
    if table.failures:
        raise PlatformError(table.failures[0])
    return figures(fleet, process.data, queues)


def figures(fleet: Fleet, data: Path, queues: list[list[MadeCapture]]) -> dict[str, Any]:
    """Of all calls since the platform went away. `tried` counts what reached it, answered or not."""
    back = [call for call in fleet.calls if call.ended > _BACK_AFTER_S]
    taken = [call for call in back if call.taken]
    first = {name: min(call.begun for call in calls) for name, calls in _by_station(back).items()}
    taken_each = np.bincount([int(call.ended) for call in taken])
    tried_each = np.bincount([int(call.ended) for call in back])
    took = [call.ended - call.begun for call in taken]
    order = {
        station.station_id: [made.capture_id for made in queue]
        for station, queue in zip(fleet.stations, queues, strict=True)
    }
    return {
        "stations": len(queues),
        "captures": sum(map(len, queues)),
        "seconds": round(max(call.ended for call in taken) - _BACK_AFTER_S, 1),
        "taken_per_s": {"mean": round(float(taken_each[taken_each > 0].mean()), 1), "peak": int(taken_each.max())},
        "tried_per_s_peak": int(tried_each.max()),
        "first_tries_per_s_peak": int(np.bincount([int(begun) for begun in first.values()]).max()),
        "latency_s": {f"p{share}": round(float(np.percentile(took, share)), 2) for share in (50, 95, 99)},
        "answers": dict(Counter(call.answer for call in back)),
        "oldest_first": arrived(data) == order,
        "per_second": taken_each.tolist(),
        "tried_per_second": tried_each.tolist(),
    }


def _by_station(calls: list[Call]) -> dict[int, list[Call]]:
    found = defaultdict(list)
    for call in calls:
        found[call.station].append(call)
    return found


def arrived(data: Path) -> dict[str, list[str]]:
    """Capture ids of each station in the order their receipts were issued."""
    platform = Platform.at(PlatformSettings(data))
    found = defaultdict(list)
    with platform.database.read() as session:
        for row in session.exec(select(CaptureRow).order_by(col(CaptureRow.stored_at))):
            found[row.station_id].append(row.capture_id)
    platform.close()
    return dict(found)
