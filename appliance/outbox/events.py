"""The platform's events, applied exactly once: what a page of them changes and the cursor behind it are one transaction.

A page is taken only if the cursor still stands where it was asked from, so one that arrives twice (a crash in between, a
second process) changes nothing; serial numbers keep older news of one capture from overwriting newer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping

from pydantic import ValidationError
from sqlmodel import Session

from appliance.ledger import reviews
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, NoteRow, ReviewRow
from appliance.outbox import order_news
from appliance.platform.contract import EventPage, Order, Review, StationEvent

log = logging.getLogger(__name__)

CURSOR_NOTE = "platform.events.cursor"


def take(ledger: Ledger, page: EventPage, asked_from: str, moment: Moment) -> bool:
    """Apply a page and keep its cursor; False when it was applied before."""
    with ledger.session() as session:
        kept = session.get(NoteRow, CURSOR_NOTE)
        if (kept.body if kept else "") != asked_from:
            return False
        for event in page.events:
            _apply(ledger, session, event, moment)
        if page.cursor != asked_from:
            session.merge(NoteRow(name=CURSOR_NOTE, body=page.cursor))
    return True


def keep_review(ledger: Ledger, session: Session, review: Review, moment: Moment) -> bool:
    """Within the caller's transaction: keep and journal a review of a capture of this station, if it is news; whether it was."""
    capture_id = str(review.capture_id)
    capture = session.get(CaptureRow, capture_id)
    if capture is None:
        return False  # forgotten here at the student's wish, or after its retention
    reasons = [reason.model_dump(mode="json") for reason in review.reasons]
    row = ReviewRow(
        capture_id=capture_id,
        serial=review.serial,
        state=review.state,
        reasons=json.dumps(reasons, ensure_ascii=False),
        face_match=review.face_match,
        at=review.at.isoformat(),
    )
    if not reviews.apply(session, row):
        return False
    body = {
        "capture": capture_id,
        "serial": review.serial,
        "state": review.state,
        "rules": [reason.rule for reason in review.reasons],
    }
    ledger.append(session, moment, "review.received", visit_id=capture.visit_id, body=body)
    return True


def _review(ledger: Ledger, session: Session, event: StationEvent, moment: Moment) -> None:
    keep_review(ledger, session, Review.model_validate(event.data), moment)


def _order(_ledger: Ledger, session: Session, event: StationEvent, _moment: Moment) -> None:
    order = Order.model_validate(event.data)
    if order.state != "pending":
        order_news.keep(session, order.order_id)


_APPLIED: Mapping[str, Callable[[Ledger, Session, StationEvent, Moment], None]] = {"review": _review, "order": _order}
"""What each kind of event changes in the ledger; others ask only for something to be fetched."""


def _apply(ledger: Ledger, session: Session, event: StationEvent, moment: Moment) -> None:
    """One event. One that cannot be understood is journaled and passed over, or it would hold up all that come after it."""
    apply = _APPLIED.get(event.kind)
    if apply is None:
        return
    try:
        apply(ledger, session, event, moment)
    except ValidationError as error:
        log.warning("event %s (%s) is not in the agreed form: %s", event.id, event.kind, error)
        ledger.append(session, moment, "event.unreadable", body={"event": str(event.id), "kind": event.kind})
