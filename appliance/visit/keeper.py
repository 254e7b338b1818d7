"""Keeps the visit in progress: a step is durable before it is visible. The ledger first, then memory, then listeners."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import structlog

from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.portrait.guidance import Guidance
from appliance.portrait.measurement import Message
from appliance.visit.errors import NotNow, ShutterBusy
from appliance.visit.machine import State, follow
from appliance.visit.notices import Notice
from appliance.visit.shutter import Shot
from appliance.visit.state import Visit
from firmware.ports import Clock, ClockReading
from models.likeness import Embedding

log = structlog.get_logger(__name__)

Topic = Literal["visit", "guidance", "notice"]
Listener = Callable[[Topic], None]


class VisitKeeper:
    """The visit, what belongs to it, and who is told of changes. `lock` is held by whoever changes it."""

    def __init__(self, ledger: Ledger, clock: Clock, busy: Callable[[], bool]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._busy = busy
        self._listeners: list[Listener] = []
        self.lock = threading.RLock()
        self.visit: Visit | None = None
        self.shot: Shot | None = None
        self.shot_taken: ClockReading | None = None
        self.guidance: Guidance | None = None
        self.notice: Notice | None = None
        self.fault: Message | None = None
        self.card_face: Embedding | None = None  # of the ID card; in memory only, and only as long as its visit

    @property
    def state(self) -> State:
        """Where the visit stands."""
        visit = self.visit
        return State.IDLE if visit is None else visit.state

    def listen(self, listener: Listener) -> None:
        """Call `listener` after every change, from the thread that made it; it must return at once."""
        self._listeners.append(listener)

    def end(self) -> None:
        """The visit leaves the station; idle from here on. Raises `LookupError` where the machine has no such arrow."""
        follow(self.state, "visit.ended")
        self._ledger.save_visit(moment_of(self._clock.read()), "visit.ended", None, {})
        self.visit = self.shot = self.guidance = self.shot_taken = self.card_face = None
        self.tell_listeners("visit")

    def expect(self, event: str) -> Visit:
        """The visit, when `event` may happen now. Raises `NotNow`, `ShutterBusy`."""
        visit = self.visit
        try:
            follow(self.state, event)
        except LookupError:
            raise NotNow(
                f"当前步骤（{self.state}）不能这样做",
                f"not possible in the present step ({self.state})",
                state=self.state,
            ) from None
        if visit is None:
            raise NotNow("没有进行中的采集", "no visit is in progress", state=self.state)
        if self._busy() and event != "shot.passed":
            raise ShutterBusy("正在拍摄，请稍候", "a shot is being taken, please wait")
        return visit

    def step(self, event: str, **body: Any) -> Visit:
        """Follow `event`: journaled with `body`, kept, told. Raises `LookupError` where the machine has no such arrow."""
        before = self.now()
        visit = replace(before, state=follow(before.state, event))
        if visit.state is not State.IDENTIFIED:
            visit = replace(visit, payload=None)
        self._ledger.save_visit(moment_of(self._clock.read()), event, visit.row(), body)
        self.visit = visit
        if visit.state is not State.FAULT:
            self.fault = None
        self.tell_listeners("visit")
        return visit

    def now(self) -> Visit:
        """The visit, which must be there."""
        if self.visit is None:
            msg = "no visit is in progress"
            raise RuntimeError(msg)
        return self.visit

    def tell_listeners(self, topic: Topic) -> None:
        """Call every listener; one that fails is reported and does not keep the others from hearing."""
        for listener in self._listeners:
            try:
                listener(topic)
            except Exception:
                log.exception("visit.listener_failed", topic=topic)


def moment_of(reading: ClockReading) -> Moment:
    """A clock reading as the journal writes it."""
    return Moment(at=reading.utc.isoformat(), clock_trusted=reading.trusted, boot_id=reading.boot_id)
