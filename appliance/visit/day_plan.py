"""What follows from the day's plan: whose codes are known, to whom codes are sealed, by which profile photos are judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from appliance.platform.identity import StationIdentity
from appliance.platform.roster import Roster
from appliance.portrait.pipeline import Portrait
from appliance.portrait.profile import load_profile
from appliance.visit.identification import Identification
from appliance.visit.plans import PlanBook
from firmware.ports import Clock


class DayPlan:
    """Brings a change of plan to everybody it concerns; `changed` tells the pages."""

    def __init__(
        self, book: PlanBook, identification: Identification, portrait: Portrait, changed: Callable[[], None]
    ) -> None:
        self._book = book
        self._identification = identification
        self._portrait = portrait
        self._changed = changed

    def take(self, rosters: list[Roster], identity: StationIdentity) -> None:
        """These are the rosters on the station now, newest issue first."""
        self._identification.sealing_key = identity.sealing_key
        self._book.take(rosters, identity.station_id)
        self._apply()

    def choose(self, plan_id: str) -> None:
        """Follow this plan from now on. Raises `NoSuchPlan`, `PlanUnusable`."""
        self._book.choose(plan_id)
        self._apply()

    def _apply(self) -> None:
        plan = self._identification.plan
        if plan is not None and plan.profile != self._portrait.profile.name:
            self._portrait.follow(load_profile(plan.profile))
        self._changed()


def trusted_time(clock: Clock) -> datetime | None:
    """The time, where anything vouches for it."""
    reading = clock.read()
    return reading.utc if reading.trusted else None
