"""Which captures are asked for, as SQL: their state, what makes one wanted, what puts one on the recall list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from appliance.ledger.tables import CaptureRow, DeliveryState, OutboxRow, ReviewRow

State = Literal["waiting", "parked", "sent", "reviewing", "accepted", "refused", "withdrawn"]
MOST = 500  # records in one list
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: words found in name, numbers, class or capture id; a state; of one code; only those to be shot again."""

    query: str = ""
    state: State | None = None
    code_digest: str | None = None
    capture_id: str | None = None
    recall: bool = False
    plan_id: str | None = None
    limit: int = field(default=100)


def selected() -> Select[Any]:
    """Every capture with its state and review, without its record's bytes."""
    entities: list[Any] = [
        col(CaptureRow.capture_id),
        col(CaptureRow.visit_id),
        col(CaptureRow.plan_id),
        col(CaptureRow.code_digest),
        col(CaptureRow.accepted_at),
        col(CaptureRow.summary),
        col(CaptureRow.received_at),
        state_of().label("state"),
        col(ReviewRow.reasons).label("reasons"),
        col(ReviewRow.face_match).label("face_match"),
        col(ReviewRow.at).label("reviewed_at"),
    ]
    return select(*entities).select_from(CaptureRow).join(ReviewRow, same_capture(), isouter=True)


def same_capture() -> ColumnElement[bool]:
    """How reviews join captures."""
    return col(ReviewRow.capture_id) == col(CaptureRow.capture_id)


def state_of() -> ColumnElement[str]:
    """One of `STATES`; needs the outer join with the review."""
    parked = exists().where(
        col(OutboxRow.capture_id) == col(CaptureRow.capture_id), col(OutboxRow.state) == DeliveryState.PARKED
    )
    return case(
        (col(ReviewRow.state).is_not(None), col(ReviewRow.state)),
        (col(CaptureRow.received_at).is_not(None), "sent"),
        (parked, "parked"),
        else_="waiting",
    )


def to_be_shot_again() -> ColumnElement[bool]:
    """Refused, and nothing newer of the same code on this station."""
    later = aliased(CaptureRow)
    again = exists().where(
        col(later.code_digest) == col(CaptureRow.code_digest), col(later.sequence) > col(CaptureRow.sequence)
    )
    return and_(func.coalesce(col(ReviewRow.state), "") == "refused", ~again)


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What must hold of a wanted capture."""
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(state_of() == wanted.state)
    if wanted.code_digest is not None:
        found.append(col(CaptureRow.code_digest) == wanted.code_digest)
    if wanted.capture_id is not None:
        found.append(col(CaptureRow.capture_id) == wanted.capture_id)
    if wanted.plan_id is not None:
        found.append(col(CaptureRow.plan_id) == wanted.plan_id)
    if wanted.recall:
        found.append(to_be_shot_again())
    found.extend(_contains(word) for word in wanted.query.split())
    return found


def _contains(word: str) -> ColumnElement[bool]:
    masked = [
        func.json_extract(col(CaptureRow.summary), f"$.identity.{key}")
        for key in ("name", "student_number", "number", "class_name", "major")
    ]
    return or_(*(func.instr(func.lower(text), word.lower()) > 0 for text in (*masked, col(CaptureRow.capture_id))))
