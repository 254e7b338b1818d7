"""Whether the platform lets this station serve: where not, no visit begins, and everybody who looks is told why."""

from __future__ import annotations

from appliance.health.judging import limits
from appliance.ledger.store import Ledger
from appliance.outbox.stopped import stopped_since
from appliance.portrait.measurement import Message
from appliance.visit.conductor import Conductor
from appliance.visit.notices import Notice

ON_AGAIN = Message(zh="平台已恢复本机，可以继续采集", en="the platform lets this station serve again")


class StandingWatch:
    """Looks at what the delivery process noted. The visit in progress goes on to its end either way."""

    def __init__(self, ledger: Ledger, conductor: Conductor) -> None:
        self._ledger = ledger
        self._conductor = conductor

    def look(self) -> None:
        """Follow the note; tablets are told of a change."""
        stopped, was = stopped_since(self._ledger) is not None, self.stopped
        if stopped == was:
            return
        advice = limits()["platform"]["advice"]
        self._conductor.stopped = Message(zh=advice["zh"], en=advice["en"]) if stopped else None
        said = self._conductor.stopped or ON_AGAIN
        self._conductor.announce(Notice("station-stopped", "error" if stopped else "info", said))

    @property
    def stopped(self) -> bool:
        """As of the last look."""
        return self._conductor.stopped is not None
