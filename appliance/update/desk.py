"""The station's side of an update: what pages are told, what a technician may ask, and the moment at which nobody is disturbed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import structlog

from appliance.portrait.measurement import Message
from appliance.release.places import REFUSED
from appliance.update import texts
from appliance.update.errors import UpdateRefused
from appliance.update.spool import Spool

log = structlog.get_logger(__name__)

BUSY = frozenset({"applying", "waiting-for-quiet"})
ENDED = frozenset({"applied", "rolled-back", "failed"})
HOLD_S = 150.0  # how long no visit may begin once the switch was asked for; then the station goes on as it is


class UpdateDesk:
    """`quietly` runs a call if no visit is open and none can begin; `close` keeps visits from beginning (None: no longer).

    `note` hears, at least once, what became of each update; `is_night` says whether it may begin by itself. `failing` gives the
    names of what is not well now, so that a release is judged by what it made worse.
    """

    def __init__(
        self,
        spool: Spool,
        version: str,
        *,
        quietly: Callable[[Callable[[], None]], bool],
        close: Callable[[Message | None], None],
        failing: Callable[[], list[str]],
        look_now: Callable[[], None],
        note: Callable[[dict[str, Any]], None] = lambda _: None,
        is_night: Callable[[], bool] = lambda: False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_night = is_night
        self._note = note
        self._noted: int | None = None
        self._spool = spool
        self._version = version
        self._quietly = quietly
        self._close = close
        self._failing = failing
        self._look_now = look_now
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._closed_at: float | None = None
        self._before: tuple[int, list[str]] | None = None

    def report(self) -> dict[str, Any]:
        """As `GET /api/update` gives it."""
        found, told, asked = self._spool.found(), self._spool.progress(), self._spool.asked()
        state, progress, message = found.state, found.progress, found.message
        if asked:
            state, progress, message = "applying", 0.0, asdict(texts.ASKED)
        elif told.get("state") == "prepared":
            state, progress, message = "waiting-for-quiet", None, asdict(texts.QUIET)
        elif told and (told.get("state") in BUSY or int(told.get("number", 0)) > found.after):
            state, progress, message = told.get("state", "idle"), told.get("progress"), told.get("message")
        offer = found.offer
        if offer is not None and offer.get("version") == self._version:
            offer = None  # it is the one that runs
            state = "idle" if state == "ready" else state
        return {
            "version": self._version,
            "available": None if offer is None else {k: offer[k] for k in ("version", "notes", "size_bytes", "source")},
            "state": "idle" if state == "applied" else state,
            "progress": progress,
            "message": message,
            "previous": self._previous(),
        }

    def look(self) -> None:
        """Have somebody look on sticks and on the network."""
        with self._guard:
            self._not_busy()
            self._spool.want_look()
        self._look_now()

    def apply(self) -> None:
        """Have what was found prepared; the switch waits for quiet. Raises `UpdateRefused`."""
        with self._guard:
            self._not_busy()
            offer = self._spool.found().offer
            if offer is None or offer.get("version") == self._version:
                raise UpdateRefused("nothing-to-update", texts.NOTHING.zh, texts.NOTHING.en)
            self._managed()
            number = self._spool.ask("prepare", file=offer["file"], version=offer["version"])
        log.info("update.asked", number=number, version=offer["version"])

    def rollback(self) -> None:
        """Have the version before this one take over again, as soon as it is quiet. Raises `UpdateRefused`."""
        with self._guard:
            self._not_busy()
            self._managed()
            previous = self._previous()
            if previous is None:
                raise UpdateRefused("no-previous", texts.NO_PREVIOUS.zh, texts.NO_PREVIOUS.en)
            self._spool.ask("prepare-back", version=previous)

    def watch(self) -> None:
        """Twice a second: ask for the switch once it is prepared and quiet; open again when no switch came."""
        told = self._spool.progress()
        if told.get("state") in ENDED and told.get("number") != self._noted:
            self._noted = told.get("number")
            self._note(told)
        if self._is_night() and self._may_begin_by_itself():
            self.apply()
        if told.get("state") == "prepared" and not self._spool.asked():
            self._switch(told)
        if self._closed_at is not None and self._monotonic() - self._closed_at > HOLD_S:
            self._closed_at = None
            self._close(None)
            log.warning("update.no_switch_came", after_s=HOLD_S)

    def _may_begin_by_itself(self) -> bool:
        """Something is ready, and it is none that failed on this station before."""
        shown, releases = self.report(), self._spool.places.releases
        offer = shown["available"]
        return shown["state"] == "ready" and offer is not None and not (releases / offer["version"] / REFUSED).exists()

    def _switch(self, told: Mapping[str, Any]) -> None:
        if self._before is None or self._before[0] != told["number"]:
            self._before = (told["number"], self._failing())  # once: it takes some hundred milliseconds
        failing = self._before[1]

        def ask() -> None:
            self._close(texts.CLOSED)
            self._closed_at = self._monotonic()
            self._spool.ask("switch", version=told["version"], failing=failing)

        if self._closed_at is None and self._quietly(ask):
            log.info("update.switching", version=told["version"])

    def _not_busy(self) -> None:
        if self._spool.asked() or self._spool.progress().get("state") in {*BUSY, "prepared"}:
            raise UpdateRefused("update-running", texts.RUNNING.zh, texts.RUNNING.en)

    def _managed(self) -> None:
        if not self._spool.places.current.is_symlink():
            raise UpdateRefused("not-installed", texts.NOT_HERE.zh, texts.NOT_HERE.en)

    def _previous(self) -> str | None:
        """The version to go back to: the newest whole one beside the current."""
        current = self._spool.places.named(self._spool.places.current)
        places = self._spool.places
        return next(
            (n for n in places.complete() if n != current and not (places.releases / n / REFUSED).exists()), None
        )
