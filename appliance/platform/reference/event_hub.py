"""Long polls of one process wait here together: one question to the database a moment for all of them, however many wait.

Events may come from any process, so the database is asked; a station whose newest event lies after its cursor is woken and reads
its page. Numbers are given before they are kept, so the question always reaches some seconds back.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select
from starlette.concurrency import run_in_threadpool

from .composition import Platform
from .tables import EventRow

log = logging.getLogger(__name__)

LOOK_S = 0.25
_REACH_BACK_S = 10.0  # longer than any transaction that leaves an event
_FAILED_S = 2.0


class EventHub:
    """Belongs to one event loop; `run` is a task of it."""

    def __init__(self, platform: Platform, look_s: float = LOOK_S) -> None:
        self._platform = platform
        self._look_s = look_s
        self._waiting: dict[str, dict[asyncio.Event, int]] = {}
        self.closed = False
        self._heights: deque[tuple[float, int]] = deque()  # when, and the highest number seen then

    async def wait(self, station_id: str, after: int, seconds: float) -> None:
        """Until an event of the station is there whose number is above `after`, or the time is over."""
        woken = asyncio.Event()
        if self.closed:
            return
        self._waiting.setdefault(station_id, {})[woken] = after
        try:
            await asyncio.wait_for(woken.wait(), seconds)
        except TimeoutError:
            return
        finally:
            waiting = self._waiting[station_id]
            del waiting[woken]
            if not waiting:
                del self._waiting[station_id]

    def close(self) -> None:
        """The platform stops: whoever waits is answered now, with what there is."""
        self.closed = True
        for waiting in self._waiting.values():
            for woken in waiting:
                woken.set()

    async def run(self) -> None:
        """Look again and again while somebody waits, until cancelled."""
        while True:
            await asyncio.sleep(self._look_s)
            if not self._waiting:
                continue
            try:
                newest = await run_in_threadpool(self._newest, self._floor())
            except (SQLAlchemyError, OSError) as error:
                log.warning("events cannot be read, they are looked for again: %s", error)
                await asyncio.sleep(_FAILED_S)
                continue
            self._heights.append((time.monotonic(), max(newest.values(), default=self._highest())))
            for station_id, number in newest.items():
                for woken, after in self._waiting.get(station_id, {}).items():
                    if number > after:
                        woken.set()

    def _newest(self, floor: int) -> dict[str, int]:
        """Station → its highest event number above `floor`."""
        highest = func.max(EventRow.number)
        query = select(EventRow.station_id, highest).where(col(EventRow.number) > floor).group_by(EventRow.station_id)
        with self._platform.database.read() as session:
            return {station_id: number or 0 for station_id, number in session.exec(query)}

    def _floor(self) -> int:
        """What was the highest number some seconds ago; all below is kept and was told about."""
        before = time.monotonic() - _REACH_BACK_S
        while len(self._heights) > 1 and self._heights[1][0] <= before:
            self._heights.popleft()
        known = self._heights and self._heights[0][0] <= before
        return self._heights[0][1] if known else 0

    def _highest(self) -> int:
        return self._heights[-1][1] if self._heights else 0
