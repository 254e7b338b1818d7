"""What an update may do with a running station: when nobody is disturbed, what the journal keeps, how its release is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from appliance.ledger.store import Ledger
from appliance.portrait.measurement import Message
from appliance.release.places import running_release
from appliance.settings import Settings
from appliance.update.desk import UpdateDesk
from appliance.update.health_word import HealthWord
from appliance.update.looking import look_beside
from appliance.update.spool import spool_of
from appliance.visit.conductor import Conductor
from appliance.visit.errors import NotNow, VisitInProgress
from appliance.web.watches import Watch

UPDATE_NOTE = "update.noted"  # the last update whose end is in the journal


class Updating:
    """`desk` answers the pages; `doctor` is the newest examination; `busy` says that a picture is being taken."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        conductor: Conductor,
        *,
        version: str,
        doctor: Callable[[], dict[str, Any]],
        busy: Callable[[], bool],
        record: Callable[..., None],
    ) -> None:
        self._ledger, self._conductor = ledger, conductor
        self._doctor, self._busy, self._record = doctor, busy, record
        spool, release = spool_of(settings.data_dir), running_release() or version
        self.desk = UpdateDesk(
            spool,
            release,
            quietly=self._quietly,
            close=self._close,
            failing=self._failing,
            look_now=lambda: look_beside(settings.data_dir, settings.update),
            note=self._note,
            is_night=lambda: settings.update.nightly and settings.update.is_night(datetime.now().time()),
        )
        self._word = HealthWord(spool, release, settings.data_dir, self._failing)

    def watches(self) -> tuple[Watch, ...]:
        """What goes round while the station runs."""
        return (Watch("updates", self.desk.watch), Watch("health word", self._word.look))

    def _failing(self) -> list[str]:
        return [str(item["name"]) for item in self._doctor().get("findings", []) if item["outcome"] == "fail"]

    def _note(self, told: Mapping[str, Any]) -> None:
        """What became of an update, once, in the journal: the updater itself has no key to sign with."""
        number = str(told["number"])
        if self._ledger.note(UPDATE_NOTE) != number:
            self._record(f"update.{told['state']}", version=told.get("version"), previous=told.get("previous"))
            self._ledger.keep_note(UPDATE_NOTE, number)

    def _quietly(self, change: Callable[[], None]) -> bool:
        """Run `change` if nobody is being served and nothing is being taken; whether it was run."""
        if self._busy():
            return False
        try:
            self._conductor.between_visits(change)
        except (VisitInProgress, NotNow):
            return False
        return True

    def _close(self, why: Message | None) -> None:
        self._conductor.closed = why
