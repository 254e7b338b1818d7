"""The collection plan: all that a day's collection decides, in one document. A station refuses what it cannot honour, by key."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .base import Identifier, LocalText, Sent, ShortText, VerificationMethod

Language = Literal["zh", "en"]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class ConsentText(Sent):
    """The privacy agreement of a plan; the version agreed to is kept with each capture."""

    version: Identifier
    text: LocalText


class Fee(Sent):
    """What a student pays, once, and when (F13 to F15).

    `offline` says what holds while the platform cannot be reached: capture now and pay later, take a voucher's number, or wait.
    """

    amount_fen: int = Field(ge=1, le=100_000, description="hundredths of a yuan", examples=[2000])
    currency: Literal["CNY"] = "CNY"
    when: Literal["prepaid", "before", "after"] = Field(
        description="collected beforehand (roster says by whom), before the shot, or after the accepted preview"
    )
    offline: Literal["deferred", "voucher", "refuse"] = "deferred"


class Choice(Sent):
    """One answer of a field with fixed answers."""

    id: Identifier
    label: LocalText


class ExtraField(Sent):
    """A detail the student completes (F10). Answers travel sealed to the platform; the station cannot read them back."""

    id: FieldName
    kind: Literal["text", "phone", "email", "postcode", "address", "choice"]
    label: LocalText
    required: bool = False
    max_length: int = Field(default=100, ge=1, le=500)
    pattern: str | None = Field(
        default=None, max_length=200, description="form of the whole answer: an I-Regexp (RFC 9485)"
    )
    hint: LocalText | None = None
    choices: list[Choice] = Field(default_factory=list, max_length=50)


class PrintLayout(Sent):
    """A sheet of prints (F31): photos of one size in rows and columns, with a caption below each."""

    id: Identifier
    title: LocalText
    photo: Literal["one-inch", "two-inch"]
    paper: Literal["A4", "A5", "A6", "5-inch", "6-inch"] = "6-inch"
    rows: int = Field(ge=1, le=12)
    columns: int = Field(ge=1, le=12)
    caption: str = Field(
        default="", max_length=200, description="with {name}, {student_number}, {class_name}, {major}, {school}"
    )
    crop_marks: bool = True


class HelpEntry(Sent):
    """A question and its answer (F30)."""

    question: LocalText
    answer: LocalText


class CustomerService(Sent):
    """Whom to turn to (F29)."""

    hours: LocalText
    phone: str = Field(default="", max_length=40, pattern=r"^[0-9+() \-]*$")
    note: LocalText | None = None


class Plan(Sent):
    """One collection plan: whose photos, judged by which profile, verified how, paid when, kept how long."""

    id: Identifier
    title: LocalText
    school: ShortText
    level: ShortText
    type: ShortText
    profile: Identifier = Field(examples=["moe-2017-99"])
    verification: VerificationMethod
    consent: ConsentText
    starts_on: date | None = None
    ends_on: date | None = None
    fee: Fee | None = Field(default=None, description="null: no fee")
    id_card_face: bool = Field(
        default=False, description="compare the ID card's portrait with the new photo, then drop it"
    )
    album: bool = Field(default=False, description="photos from the album are allowed, judged harder and marked")
    unknown_code: Literal["refuse", "defer"] = Field(
        default="refuse", description="a code no roster knows: refused, or captured for the platform to resolve"
    )
    phone: Literal["none", "optional", "required"] = "none"
    extra_fields: list[ExtraField] = Field(default_factory=list, max_length=20)
    retention_days: int = Field(default=30, ge=0, le=3650, description="days a receipted capture stays on the station")
    originals: Literal["any", "unmetered"] = Field(default="any", description="links that originals may use")
    print_layouts: list[PrintLayout] = Field(default_factory=list, max_length=10)
    archive_name: str = Field(
        default="{student_number}",
        max_length=100,
        description="file name in archives: {student_number}, {name}, {capture_id}",
    )
    help: list[HelpEntry] = Field(default_factory=list, max_length=50)
    service: CustomerService | None = None
    languages: list[Language] = Field(default=["zh", "en"], min_length=1, max_length=2)
