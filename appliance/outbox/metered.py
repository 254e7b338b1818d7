"""Originals wait for an unmetered link where the plan, or the operator, says so; records and photos always go.

Whether the link costs money is what NetworkManager says of the connection with the default route (D-Bus property `Metered`,
NMMetered: 1 yes, 3 guessed so; anything else counts as unmetered, as its documentation advises), asked through systemd's
`busctl`; or what the operator set where it cannot know.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from appliance.ledger.boot import boot_clock
from appliance.ledger.store import Ledger
from appliance.outbox.controls import Controls
from appliance.outbox.plans import known_plans

log = logging.getLogger(__name__)

NOTE = "delivery.metered"
LOOK_S = 15.0
_MANAGER = "org.freedesktop.NetworkManager"
_COMMAND = ("busctl", "get-property", _MANAGER, "/org/freedesktop/NetworkManager", _MANAGER, "Metered")
_YES, _GUESSED_YES = "u 1", "u 3"
_UNKNOWN = "u 0"
_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Held:
    """Captures whose originals wait for another link: those of some plans, or every one."""

    plans: frozenset[str] = frozenset()
    every: bool = False

    def __bool__(self) -> bool:
        return self.every or bool(self.plans)


NOTHING_HELD = Held()


def ask_network_manager() -> bool | None:
    """Whether the default connection is metered; None where nobody can tell."""
    if shutil.which(_COMMAND[0]) is None:
        return None
    try:
        done = subprocess.run(_COMMAND, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = done.stdout.strip()
    return None if done.returncode != 0 or said == _UNKNOWN else said in {_YES, _GUESSED_YES}


class LinkCost:
    """Asks now and then, and keeps the answer where the station can show it. `ask` says metered, unmetered or None."""

    def __init__(self, ledger: Ledger, ask: Callable[[], bool | None] = ask_network_manager) -> None:
        self._ledger = ledger
        self._ask = ask
        self._asked_at = float("-inf")
        self._metered: bool | None = None

    def held(self) -> Held:
        """Whose originals wait now. Nobody is asked while no plan minds."""
        controls = Controls.of(self._ledger)
        minding = _minding(self._ledger, controls)
        if not minding:
            return NOTHING_HELD
        return minding if self._is_metered(controls) else NOTHING_HELD

    def _is_metered(self, controls: Controls) -> bool:
        if controls.metered is not None:
            return controls.metered
        if boot_clock() - self._asked_at >= LOOK_S:
            found, self._asked_at = self._ask(), boot_clock()
            if found != self._metered or self._ledger.note(NOTE) is None:
                log.info("the link is %s", {True: "metered", False: "unmetered", None: "of unknown cost"}[found])
                self._ledger.keep_note(NOTE, json.dumps(found))
            self._metered = found
        return bool(self._metered)


def shown(ledger: Ledger) -> tuple[bool | None, Held]:
    """For the status: whether the link is metered as far as known, and whose originals wait for another."""
    controls = Controls.of(ledger)
    text = ledger.note(NOTE)
    metered = controls.metered if controls.metered is not None else (None if text is None else json.loads(text))
    return metered, _minding(ledger, controls) if metered else NOTHING_HELD


def _minding(ledger: Ledger, controls: Controls) -> Held:
    """Whose originals would wait if the link were metered."""
    if controls.originals is not None:
        return Held(every=controls.originals == "unmetered")
    plans = known_plans(ledger) or {}
    return Held(frozenset(plan_id for plan_id, rules in plans.items() if rules.originals == "unmetered"))
