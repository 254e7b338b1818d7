"""A station the platform stopped, without taking its keys back: it begins no new visit until the platform answers it again.

Only the platform's signed word stops it, whoever else answers 403; whatever the platform answers in good order lets it go on,
a new enrolment too. Kept as a note of the ledger, so that a restart without a network does not forget it.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

from appliance.ledger.boot import boot_id
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.outbox.revocation import proven
from appliance.platform.client import PlatformClient
from appliance.platform.documents import HOLD_TYPE

log = logging.getLogger(__name__)
NOTE = "station.stopped"
_GOES_ON = "null"


def stopped_since(ledger: Ledger) -> str | None:
    """When the platform stopped this station (its time, ISO 8601); None while it may serve."""
    since: str | None = json.loads(ledger.note(NOTE) or _GOES_ON)
    return since


@dataclass(slots=True)
class Standing:
    """Keeps what one client that asks all the time was told of the station's standing."""

    ledger: Ledger
    client: PlatformClient
    _seen: str | None = None
    _welcome: bool = False

    def look(self) -> None:
        """Note a change. Raises what a ledger does whose disk is full; then it is noted at the next look."""
        word, welcome = self.client.hold, self.client.is_welcome
        if welcome:
            if not self._welcome and stopped_since(self.ledger) is not None:
                self._keep("station.released", None)
        elif word is not None and word != self._seen:
            identity = self.client.identity
            revocation = proven(word, identity.signing_keys, identity.station_id, HOLD_TYPE)
            if revocation is not None and stopped_since(self.ledger) is None:
                self._keep("station.held", revocation.revoked_at.isoformat())
                log.error("the platform stopped this station: no new visit begins; what was captured is kept")
        self._seen, self._welcome = word, welcome

    def _keep(self, event: str, since: str | None) -> None:
        at = self.client.clock.now().isoformat(timespec="milliseconds")
        body = {"station": self.client.identity.station_id}
        self.ledger.record(Moment(at=at, clock_trusted=True, boot_id=boot_id()), event, body=body)
        self.ledger.keep_note(NOTE, json.dumps(since))
