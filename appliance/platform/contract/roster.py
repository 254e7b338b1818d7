"""Who is photographed: masked students, rosters."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from .base import Answered, CompactJose, Identifier, LocalText, Sent, Sha256, ShortText, VerificationMethod
from .plan import Plan
from .review import ReviewState


class MaskedIdentity(Sent):
    """What a station may know of a student: masked by the platform before it leaves, for the confirm screen.

    Where the plan asks for the last four characters of the document number, `number` must not show them.
    """

    name: ShortText = Field(examples=["李*明"])
    number: ShortText = Field(examples=["4401**************"])
    student_number: ShortText = Field(examples=["2022****17"])
    school: ShortText
    level: ShortText = Field(examples=["本科"])
    type: ShortText = Field(examples=["普通高等教育"])
    major: ShortText
    class_name: ShortText


class RosterEntry(Answered):
    """One student of the plan, found by the digest of the capture code.

    `answers` maps a verification method to the digest of the right answer (`digests.answer_digest`); for `id_card` it is the
    whole document number as the card shows it.
    """

    code_digest: Sha256
    identity: MaskedIdentity
    answers: dict[VerificationMethod, Sha256]
    payment: Literal["unpaid", "prepaid", "paid"] = "unpaid"
    review: ReviewState | None = Field(
        default=None, description="of an earlier capture of this student, from any station"
    )


class ElsewhereEntry(Answered):
    """A code known to belong to another plan, so that the station can say so offline."""

    code_digest: Sha256
    plan_title: LocalText


class RosterDocument(Answered):
    """The masked roster of one plan for one station; travels as the payload of a JWS signed by the platform."""

    plan: Plan
    salt: str = Field(description="base64url key of the code digests of this roster", min_length=22)
    serial: int = Field(ge=1, description="grows with every issue; a station refuses to go back")
    issued_at: AwareDatetime
    expires_at: AwareDatetime
    station_id: Identifier
    entries: list[RosterEntry]
    elsewhere: list[ElsewhereEntry]


class RosterPage(Answered):
    """Rosters changed since the cursor: signed documents, one a plan."""

    documents: list[CompactJose]
    cursor: str
    more: bool = False
