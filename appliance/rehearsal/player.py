"""Plays a queue of students on the stand-in station, slowly enough to follow on the tablet, and says what happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from appliance.rehearsal.recall import HandedOver
from appliance.rehearsal.steps import Step
from appliance.rehearsal.visitor import Credentials, Subject, Visitor


class Player:
    """One pass over the cast: honest refusals, and at least one capture handed over.

    The last subject is accepted as an exception when nobody passed before, so that a newcomer sees the hand-over too.
    """

    def __init__(self, visitor: Visitor, credentials: Callable[[int], Credentials], say: Callable[[str], None]) -> None:
        self._visitor = visitor
        self._credentials = credentials
        self._say = say
        self.handed_over: list[HandedOver] = []

    def play(self, subjects: Sequence[Subject], pause: float) -> int:
        """Photograph everybody; `pause` seconds to look at each verdict. How many receipts came."""
        self._visitor.clear()
        for number, subject in enumerate(subjects):
            last = number == len(subjects) - 1
            self._say(f"\n{number + 1}/{len(subjects)}  {subject.title}")
            self._one(subject, self._credentials(number), pause, rescue=last and not self.handed_over)
        return len(self.handed_over)

    def _one(self, subject: Subject, credentials: Credentials, pause: float, *, rescue: bool) -> None:
        visitor = self._visitor
        visitor.identify(credentials)
        visit = visitor.shoot(subject)
        shot = visit["shot"]
        passed = visit["state"] == "judged"
        time.sleep(pause)
        if not passed:
            self._say_refusal(shot["verdict"])
        if passed or (rescue and shot["after"] is not None):
            if not passed:
                self._say("     the operator accepts this one as an exception (rehearsal), marked as such")
            capture_id = visitor.accept(shot["id"], None if passed else "rehearsal")
            receipt = visitor.receipt(capture_id)
            self.handed_over.append(HandedOver(capture_id, subject, credentials))
            self._say(f"     at the platform: receipt {receipt['receipt_id']}")
            time.sleep(pause)
        else:
            visitor.abandon("refused")
        visitor.leave()

    def _say_refusal(self, verdict: dict[str, Any]) -> None:
        self._say("     refused:" if verdict["verdict"] == "refuse" else "     could not be judged:")
        wanted = "fail" if verdict["verdict"] == "refuse" else "unknown"
        for rule in verdict["rules"]:
            if rule["outcome"] == wanted:
                self._say(f"       {rule['message']['zh']} / {rule['message']['en']}  [{rule['id']}]")


def quiet(_step: Step) -> None:
    """A visitor's steps, when nobody wants to read them."""
