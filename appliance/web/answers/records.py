"""What became of captures, and the plans of the station."""

from __future__ import annotations

from typing import Any

from appliance.visit.record_query import State
from appliance.web.answers.base import Answer, Words
from appliance.web.answers.visit import Reasoned, Verdict


class Kept(Answer):
    """One capture as operator and student may see it; `identity` is masked, `photo` an address."""

    capture_id: str
    visit_id: str
    plan_id: str
    identity: dict[str, str | None] | None
    state: State
    reasons: list[Reasoned]
    face_match: float | None
    accepted_at: str
    reviewed_at: str | None
    receipt_id: str | None
    source: str
    exception: dict[str, str | None] | str | None
    operator: str | None
    payment: dict[str, Any] | str | None
    replaces: str | None
    withdrawal: str | None
    photo: str | None


class StepTaken(Answer):
    """A line of the visit's journal."""

    event: str
    at: str


class KeptWhole(Kept):
    """One capture with everything about it but its pixels."""

    verdict: Verdict | None
    consent: dict[str, Any] | None
    verification: dict[str, Any] | None
    captured_at: str | None
    clock_trusted: bool | None
    corrections: list[str] | None
    phone_declined: bool | None
    steps: list[StepTaken]


class RecordList(Answer):
    """Captures found, and how many of this station are in each state."""

    records: list[Kept]
    counts: dict[str, int]


class Student(Answer):
    """What the roster knows of whoever's code was shown."""

    identity: dict[str, str | None]
    payment: str | None
    review: str | None


class LookedUp(Answer):
    """Everything this station has of the student."""

    student: Student | None
    records: list[Kept]


class ReportFiled(Answer):
    """The number of a problem report."""

    report_id: str


class Erased(Answer):
    """Which captures were erased."""

    erased: list[str]


class KeyRefused(Answer):
    """Something in a plan that this station cannot honour."""

    key: str
    zh: str
    en: str


class PlanChoice(Answer):
    """A plan on the station; one with nothing `refused` may be chosen."""

    id: str
    title: Words
    school: str
    level: str
    type: str
    starts_on: str | None
    ends_on: str | None
    students: int
    expires_at: str
    current: bool
    usable: bool
    refused: list[KeyRefused]


class Plans(Answer):
    """The plans on the station, and which one the day follows."""

    current: str | None
    plans: list[PlanChoice]
