"""Reviews: how each capture stands after the hand-over, every change numbered and told to its station."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import cast

from sqlmodel import Session, col, select

from appliance.platform.contract import RefusalReason, Review, ReviewState, Withdrawal

from .captures import capture_of
from .composition import Platform
from .events import tell
from .problems import Refusal
from .tables import CaptureRow, CaptureStudentRow, ReviewRow

STATION = "station"


def read(platform: Platform, station_id: str, capture_id: str) -> Review:
    """How the review of a station's capture stands. Refuses `unknown-capture`, `not-yours`."""
    row = _own(platform, station_id, capture_id)
    with platform.database.read() as session:
        return review_of(row, session.get(ReviewRow, capture_id))


def withdraw(platform: Platform, station_id: str, capture_id: str, withdrawal: Withdrawal) -> Review:
    """The student takes a capture back while it is under review; again changes nothing.

    Refuses `locked` once accepted, `already-refused`, `unknown-capture`, `not-yours`.
    """
    capture = _own(platform, station_id, capture_id)
    with platform.database.write(_lock(capture_id)) as session:
        review = session.get(ReviewRow, capture_id)
        state = review.state if review else "reviewing"
        if state == "withdrawn":
            return review_of(capture, review)
        if state == "accepted":
            raise Refusal("locked", f"capture {capture_id} was accepted at {review and review.at}; it stays")
        if state == "refused":
            raise Refusal(
                "already-refused", f"capture {capture_id} was refused; the student comes back for another photo"
            )
        review = _move(platform, session, capture, review, "withdrawn", [], by=f"{STATION}: {withdrawal.reason}")
    return review_of(capture, review)


def decide(
    platform: Platform,
    capture_id: str,
    state: ReviewState,
    reasons: Sequence[RefusalReason] = (),
    *,
    by: str,
) -> Review:
    """A reviewer accepts or refuses, with reasons. Deciding the same again changes nothing; a decision may be changed.

    Refuses `unknown-capture`, `parts-missing` before its receipt, `withdrawn`, `no-reason` for a refusal without one.
    """
    with platform.database.write(_lock(capture_id)) as session:
        capture = session.get(CaptureRow, capture_id)
        if capture is None:
            raise Refusal("unknown-capture", f"no capture {capture_id} is here")
        if capture.receipt_id is None:
            raise Refusal("parts-missing", f"capture {capture_id} is not complete yet; it is reviewed once it is")
        if state == "refused" and not reasons:
            raise Refusal("no-reason", "a refusal needs at least one reason: the student must know what to change")
        review = session.get(ReviewRow, capture_id)
        if review is not None and review.state == "withdrawn":
            raise Refusal("withdrawn", f"capture {capture_id} was withdrawn by its student at {review.at}")
        same = review is not None and (review.state, review.reasons) == (state, _as_json(reasons))
        if not same:
            review = _move(platform, session, capture, review, state, reasons, by=by)
    return review_of(capture, review)


def review_of(capture: CaptureRow, row: ReviewRow | None) -> Review:
    """A review as stations see it; serial 0 before anything changed."""
    if row is None:
        at = capture.stored_at or capture.received_at
        return Review.model_validate({"capture_id": capture.capture_id, "serial": 0, "state": "reviewing", "at": at})
    return Review.model_validate(
        {
            "capture_id": row.capture_id,
            "serial": row.serial,
            "state": row.state,
            "reasons": json.loads(row.reasons),
            "face_match": row.face_match,
            "at": row.at,
        }
    )


def states_of(session: Session, plan_id: str) -> dict[str, ReviewState]:
    """How the newest capture of each of a plan's students stands, by student key."""
    rows = session.exec(
        select(CaptureStudentRow.student_key, ReviewRow.state)
        .join(CaptureRow, col(CaptureRow.capture_id) == col(CaptureStudentRow.capture_id))
        .join(ReviewRow, col(ReviewRow.capture_id) == col(CaptureRow.capture_id), isouter=True)
        .where(CaptureRow.plan_id == plan_id)
        .order_by(col(CaptureRow.received_at))
    ).all()
    return {student: cast("ReviewState", state or "reviewing") for student, state in rows}


def note_face_match(platform: Platform, session: Session, capture: CaptureRow, score: float) -> None:
    """Within a transaction under the capture's lock: how alike photo and enrolment picture are. The state stays."""
    review = session.get(ReviewRow, capture.capture_id) or _begun(platform, capture)
    review.face_match = score
    _told(platform, session, capture, review)


def _move(
    platform: Platform,
    session: Session,
    capture: CaptureRow,
    review: ReviewRow | None,
    state: ReviewState,
    reasons: Sequence[RefusalReason],
    *,
    by: str,
) -> ReviewRow:
    """Within a transaction: the next state."""
    row = review or _begun(platform, capture)
    row.state, row.reasons, row.decided_by = state, _as_json(reasons), by
    _told(platform, session, capture, row)
    return row


def _begun(platform: Platform, capture: CaptureRow) -> ReviewRow:
    return ReviewRow(capture_id=capture.capture_id, serial=0, state="reviewing", at=platform.stamp())


def _told(platform: Platform, session: Session, capture: CaptureRow, row: ReviewRow) -> None:
    """A change: its serial one higher, its event left for the station."""
    row.serial += 1
    row.at = platform.stamp()
    session.add(row)
    tell(platform, session, capture.station_id, "review", review_of(capture, row).model_dump(mode="json"))


def _as_json(reasons: Sequence[RefusalReason]) -> str:
    return json.dumps([reason.model_dump(mode="json") for reason in reasons], ensure_ascii=False)


def _own(platform: Platform, station_id: str, capture_id: str) -> CaptureRow:
    row = capture_of(platform, station_id, str(uuid.UUID(capture_id)))
    if row is None:
        raise Refusal("unknown-capture", f"no capture {capture_id} is here", missing=["record"])
    return row


def _lock(capture_id: str) -> str:
    return f"capture/{capture_id}"
