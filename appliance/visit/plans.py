"""The plans on this station, the day's one among them (F05), and why others cannot be used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from appliance.ledger.store import Ledger
from appliance.platform.contract import Plan
from appliance.platform.roster import Roster
from appliance.visit.errors import NoPlan, NoSuchPlan, PlanUnusable, VisitError
from appliance.visit.plan_check import Abilities, Unhonoured, outside_dates, plan_day, unhonoured

CHOSEN_NOTE = "plan.chosen"
_AS_LONG_AS_IT_RUNS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class PlanOnStation:
    """One plan with its roster, and what stands in the way of using it."""

    roster: Roster
    refused: tuple[Unhonoured, ...]
    current: bool


class PlanBook:
    """Knows every roster on the station; the one of the chosen plan is in use, else the newest usable.

    `now` gives the time, or None where no clock can be trusted; `own` is a plan from a plain file (stand-in hardware only),
    which replaces the plan of the same id or stands alone, without students.
    """

    def __init__(
        self, ledger: Ledger, abilities: Abilities, now: Callable[[], datetime | None], own: Plan | None = None
    ) -> None:
        self._ledger = ledger
        self._abilities = abilities
        self._now = now
        self._own = own
        self._lock = threading.Lock()
        self._rosters: tuple[Roster, ...] = ()
        self._chosen = ledger.note(CHOSEN_NOTE)
        if own is not None:
            self.take((), "unenrolled")

    def take(self, rosters: Sequence[Roster], station_id: str) -> None:
        """These are the rosters on the station now, newest issue first."""
        with self._lock:
            self._rosters = tuple(rosters) if self._own is None else self._with_own(rosters, self._own, station_id)

    def all(self) -> tuple[PlanOnStation, ...]:
        """Every plan, usable or not, in the order of `take`."""
        current = self.current()
        return tuple(PlanOnStation(roster, self._refusals(roster), current is roster) for roster in self._every())

    def current(self) -> Roster | None:
        """The roster in use; None when there is none that may be used."""
        usable = [roster for roster in self._every() if not self._refusals(roster)]
        chosen = next((roster for roster in usable if roster.plan.id == self._chosen), None)
        if chosen is not None or self._awaits_choice():
            return chosen
        own = next((roster for roster in usable if self._own is not None and roster.plan.id == self._own.id), None)
        return own or next(iter(usable), None)

    def others(self) -> tuple[Roster, ...]:
        """The rosters that are not in use: their codes are known, and refused by name."""
        current = self.current()
        return tuple(roster for roster in self._every() if roster is not current)

    def plan(self, plan_id: str) -> Plan | None:
        """The plan with this id, as it stands now."""
        return next((roster.plan for roster in self._every() if roster.plan.id == plan_id), None)

    def choose(self, plan_id: str) -> None:
        """Use this plan from now on, over restarts too. Raises `NoSuchPlan`, `PlanUnusable`."""
        roster = next((roster for roster in self._every() if roster.plan.id == plan_id), None)
        if roster is None:
            known = ", ".join(roster.plan.id for roster in self._every()) or "—"
            raise NoSuchPlan(
                f"本机没有采集计划 {plan_id}，现有：{known}", f"no plan {plan_id!r} on this station; there are: {known}"
            )
        refused = self._refusals(roster)
        if refused:
            raise _unusable(roster.plan, refused)
        self.prefer(plan_id)

    def prefer(self, plan_id: str) -> None:
        """Use this plan as soon as it is here and usable, over restarts too."""
        self._ledger.keep_note(CHOSEN_NOTE, plan_id)
        self._chosen = plan_id

    def why_none(self) -> VisitError:
        """What to say while no roster is in use."""
        rosters = self._every()
        wanted = next((roster for roster in rosters if roster.plan.id == self._chosen), next(iter(rosters), None))
        if wanted is not None:
            return _unusable(wanted.plan, self._refusals(wanted))
        return NoPlan(
            "本机还没有采集名单：请连接一次网络，与平台同步后再开始",
            "this station has no roster yet: connect it to the platform once, then begin",
        )

    def outside_dates(self, plan: Plan) -> tuple[Unhonoured, ...]:
        """Whether a plan's days have not come or are over."""
        return outside_dates(plan, plan_day(self._now()))

    # --- inside -------------------------------------------------------------------------------------------------------

    def _every(self) -> tuple[Roster, ...]:
        with self._lock:
            return self._rosters

    def _awaits_choice(self) -> bool:
        """Whether the chosen plan is here but cannot be used: another one is then not taken silently in its place."""
        return any(roster.plan.id == self._chosen for roster in self._every())

    def _refusals(self, roster: Roster) -> tuple[Unhonoured, ...]:
        return unhonoured(roster.plan, self._abilities, plan_day(self._now()))

    def _with_own(self, rosters: Sequence[Roster], own: Plan, station_id: str) -> tuple[Roster, ...]:
        replaced = tuple(replace(roster, plan=own) if roster.plan.id == own.id else roster for roster in rosters)
        if any(roster.plan.id == own.id for roster in rosters):
            return replaced
        now = datetime.now(UTC)
        salt = self._ledger.keys.derive("plan-file")
        return (Roster.empty(own, salt, station_id, issued_at=now, expires_at=now + _AS_LONG_AS_IT_RUNS), *replaced)


def _unusable(plan: Plan, refused: tuple[Unhonoured, ...]) -> PlanUnusable:
    zh = "；".join(item.message.zh for item in refused)
    en = "; ".join(item.message.en for item in refused)
    return PlanUnusable(
        f"本机无法执行采集计划“{plan.title.zh}”：{zh}",
        f"this station cannot honour the plan “{plan.title.en}”: {en}",
        keys=[item.key for item in refused],
    )
