"""What the review desk asks of the tables."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

from sqlmodel import col, select

from appliance.platform.contract import Review, ReviewState

from .composition import Platform
from .problems import Refusal
from .reviews import review_of
from .tables import CaptureRow, ReviewRow

SHOWN = 60


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A whole capture with its record as JSON and how its review stands."""

    capture: CaptureRow
    record: dict[str, Any]
    review: Review


def counts(platform: Platform) -> Counter[ReviewState]:
    """How many whole captures stand in each state of the review."""
    with platform.database.read() as session:
        states = session.exec(
            select(ReviewRow.state).select_from(CaptureRow).join(*_REVIEW, isouter=True).where(_WHOLE)
        )
        return Counter(cast("ReviewState", state or "reviewing") for state in states)


def listed(platform: Platform, state: ReviewState) -> list[Reviewed]:
    """Captures in a state: under review the oldest first, else the last decided first; at most `SHOWN`."""
    wanted = col(ReviewRow.state) == state
    if state == "reviewing":
        wanted |= col(ReviewRow.state).is_(None)
    order = col(CaptureRow.stored_at) if state == "reviewing" else col(ReviewRow.at).desc()
    query = select(CaptureRow, ReviewRow).join(*_REVIEW, isouter=True).where(_WHOLE, wanted)
    with platform.database.read() as session:
        return [_reviewed(capture, review) for capture, review in session.exec(query.order_by(order).limit(SHOWN))]


def found(platform: Platform, capture_id: str) -> Reviewed:
    """One whole capture. Refuses `unknown-capture`."""
    with platform.database.read() as session:
        capture = session.get(CaptureRow, capture_id)
        if capture is None or capture.receipt_id is None:
            raise Refusal("unknown-capture", f"no whole capture {capture_id} is here")
        return _reviewed(capture, session.get(ReviewRow, capture_id))


def next_one(platform: Platform) -> str | None:
    """The capture that has waited longest for its review."""
    waiting = listed(platform, "reviewing")
    return waiting[0].capture.capture_id if waiting else None


def _reviewed(capture: CaptureRow, review: ReviewRow | None) -> Reviewed:
    return Reviewed(capture, json.loads(capture.record), review_of(capture, review))


_REVIEW: Any = (ReviewRow, col(ReviewRow.capture_id) == col(CaptureRow.capture_id))
_WHOLE = col(CaptureRow.receipt_id).is_not(None)
