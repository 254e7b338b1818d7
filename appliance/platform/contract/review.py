"""After the hand-over: review results, withdrawal, problem reports (F24 to F29)."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from .base import Answered, CompactJose, Identifier, LocalText, Sent

ReviewState = Literal["reviewing", "accepted", "refused", "withdrawn"]

WithdrawalReason = Literal["student-wish", "wrong-person", "better-photo", "record-wrong"]


class RefusalReason(Answered):
    """One reason of a refusal: a rule of the standard, and what the reviewer says to the student."""

    rule: Identifier
    message: LocalText


class Review(Answered):
    """How the platform's review of a capture stands; data of the `review` event. `serial` grows with every change of one
    capture, so that events out of order change nothing."""

    capture_id: UUID
    serial: int = Field(ge=0)
    state: ReviewState
    reasons: list[RefusalReason] = Field(default_factory=list, max_length=50)
    face_match: float | None = Field(default=None, ge=-1, le=1, description="cosine with the platform's own picture")
    at: AwareDatetime


class Withdrawal(Sent):
    """The student takes a capture back while it is under review (F26); locked once accepted (409)."""

    reason: WithdrawalReason


class ProblemReport(Sent):
    """Something went wrong for a student or an operator (F29). What people wrote travels sealed."""

    report_id: UUID
    capture_id: UUID | None = None
    visit_id: UUID | None = None
    category: Literal["code", "identity", "payment", "camera", "verdict", "photo", "other"]
    sealed_text: CompactJose | None = None
    evidence: dict[str, str | float | int | bool | None] = Field(default_factory=dict, max_length=100)
    at: AwareDatetime


class ReportReceived(Answered):
    """The platform keeps the report."""

    report_id: UUID
    received_at: AwareDatetime
