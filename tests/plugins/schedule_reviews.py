"""The way back within a random schedule: reviewers decide and decide anew, students take photos back, events come in any order.

In the end the station must know what the platform last said of each capture, have taken each piece of news once and none after a
newer one, and have an answer to every student's wish.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable

from platform_fixtures import MOMENT
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from appliance.ledger.store import Ledger
from appliance.ledger.tables import DeliveryState, ErrandKind, ErrandRow, JournalRow, ReviewRow
from appliance.outbox import errands
from appliance.outbox.errands import Errands
from appliance.platform.client import PlatformClient
from appliance.platform.contract import LocalText, RefusalReason
from appliance.platform.reference.composition import Platform
from appliance.platform.reference.problems import Refusal
from appliance.platform.reference.reviews import decide
from appliance.platform.reference.tables import CaptureRow as StoredRow
from appliance.platform.reference.tables import ReviewRow as SaidRow

_REASON = RefusalReason(rule="mouth.closed", message=LocalText(zh="请闭上嘴唇", en="close the mouth"))


class WayBack:
    """Of one station. What happened is counted in `struck`."""

    def __init__(self, platform: Platform, ledger: Ledger, draw: random.Random, struck: Counter[str]) -> None:
        self._platform, self._ledger, self._draw, self._struck = platform, ledger, draw, struck
        self._wishes: Counter[str] = Counter()

    def decide(self, station_id: str) -> None:
        """A reviewer decides on one of the station's captures, perhaps not for the first time."""
        with self._platform.database.read() as session:
            query = select(StoredRow.capture_id).where(
                StoredRow.station_id == station_id, col(StoredRow.receipt_id).is_not(None)
            )
            stored = sorted(session.exec(query))
        if not stored:
            return
        name, refused = self._draw.choice(stored), self._draw.random() < 0.5
        try:
            decide(self._platform, name, "refused" if refused else "accepted", [_REASON] * refused, by="tests")
        except Refusal as refusal:
            self._struck[f"review refused: {refusal.code}"] += 1
        else:
            self._struck["refused by a reviewer" if refused else "accepted by a reviewer"] += 1

    def wish(self, accepted: list[str]) -> None:
        """A student wants a photo back; on a full disk nobody promises it."""
        if not accepted:
            return
        name = self._draw.choice(accepted)
        try:
            with self._ledger.session() as session:
                body = {"reason": "student-wish"}
                errands.add(session, ErrandKind.WITHDRAWAL, body, capture_id=name, at=MOMENT.at, hold_s=0.0)
        except OperationalError:
            return
        self._wishes[name] += 1
        self._struck["a student takes a photo back"] += 1

    def run_errands(self, client: PlatformClient, most: int = 3) -> None:
        """Try what is due. Raises what ends the process."""
        one = Errands(self._ledger, client)
        for _ in range(most):
            if not one.step():
                break

    def wrong(self, captures: Iterable[str]) -> list[str]:
        """What the station knows otherwise than the platform said it, or learnt twice, or was never answered."""
        with self._platform.database.read() as session:
            said = {row.capture_id: row for row in session.exec(select(SaidRow))}
        with self._ledger.reading() as session:
            known = {row.capture_id: row for row in session.exec(select(ReviewRow))}
            open_wishes = session.exec(select(ErrandRow).where(ErrandRow.state != DeliveryState.DONE)).all()
            journal = [
                (row.event, json.loads(row.body))
                for row in session.exec(select(JournalRow).order_by(col(JournalRow.seq)))
                if row.event in ("review.received", "withdrawal.done", "withdrawal.too-late")
            ]
        found = [f"{row.capture_id}: a wish was never answered ({row.last_error})" for row in open_wishes]
        for name in captures:
            news, last = known.get(name), said.get(name)
            theirs = None if last is None else (last.serial, last.state, json.loads(last.reasons))
            ours = None if news is None else (news.serial, news.state, json.loads(news.reasons))
            if ours != theirs:
                found.append(f"{name}: the platform said {theirs}, the station knows {ours}")
        serials: dict[str, int] = {}
        answered: Counter[str] = Counter()
        for event, body in journal:
            name = body["capture"]
            if event != "review.received":
                answered[name] += 1
            elif body["serial"] <= serials.get(name, 0):
                found.append(f"{name}: news {body['serial']} was taken after {serials[name]}")
            else:
                serials[name] = body["serial"]
        if answered != self._wishes:
            found.append(f"wishes {dict(self._wishes)}, answers {dict(answered)}")
        return found
