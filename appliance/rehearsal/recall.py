"""What follows a hand-over, played to its end: the desk refuses, the station recalls, the student comes back and pays nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from appliance.rehearsal.door import StationDoor, StationSilent
from appliance.rehearsal.neighbours import Reviewer
from appliance.rehearsal.visitor import Credentials, Subject, Visitor

REASON = "pose.frontal"
REHEARSAL = "rehearsal"
_NEWS_SECONDS = 60.0  # until an event of the platform has come down
_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A capture that the platform has, of whom, and what they brought."""

    capture_id: str
    subject: Subject
    credentials: Credentials


class Recall:
    """Plays one refusal and the return of the student, through the station's interface and the desk's pages."""

    def __init__(self, door: StationDoor, visitor: Visitor, reviewer: Reviewer, say: Callable[[str], None]) -> None:
        self._door = door
        self._visitor = visitor
        self._reviewer = reviewer
        self._say = say

    def play(self, before: HandedOver, pause: float) -> str:
        """From the refusal to the acceptance of the second photo; its capture id. Raises `StationSilent`, `PageRefused`."""
        self._say(f"\nthe review desk refuses the photo of: {before.subject.title}")
        self._reviewer.refuse(before.capture_id, [REASON])
        for reason in self._recalled(before.capture_id)["reasons"]:
            self._say(f"     recalled: {reason['message']['zh']} / {reason['message']['en']}  [{reason['rule']}]")
        time.sleep(pause)
        self._say("     the student is back")
        self._visitor.identify(before.credentials)
        self._nothing_to_pay()
        capture_id = self._photographed(before.subject)
        self._say("     the review desk accepts")
        self._reviewer.accept(capture_id)
        self._until(f"the record of {capture_id} is accepted", lambda: self._record(capture_id)["state"] == "accepted")
        self._say("     accepted, and shown so on the station")
        self._visitor.leave()
        return capture_id

    def _recalled(self, capture_id: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = []

        def there() -> bool:
            records = self._door.get("/api/records/recall")["records"]
            found.extend(record for record in records if record["capture_id"] == capture_id)
            return bool(found)

        self._until("the refused capture is on the recall list", there)
        return found[0]

    def _nothing_to_pay(self) -> None:
        payment = self._door.visit().get("payment")
        if payment is not None and payment["amount_fen"]:
            self._say(f"     nothing to pay: the fee of the first visit stands as {payment['state']!r}")

    def _photographed(self, subject: Subject) -> str:
        visit = self._visitor.shoot(subject)
        passed = visit["state"] == "judged"
        capture_id = self._visitor.accept(visit["shot"]["id"], None if passed else REHEARSAL)
        receipt = self._visitor.receipt(capture_id)
        self._say(f"     at the platform: receipt {receipt['receipt_id']}")
        return capture_id

    def _record(self, capture_id: str) -> dict[str, Any]:
        record: dict[str, Any] = self._door.get(f"/api/records/{capture_id}")
        return record

    def _until(self, what: str, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + _NEWS_SECONDS
        while not holds():
            if time.monotonic() > end:
                raise StationSilent(f"not within {_NEWS_SECONDS:g} s: {what}")
            time.sleep(_LOOK)
