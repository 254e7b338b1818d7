from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from visit_fixtures import DEMO, SEALING, conductor_of, plan_with, roster_of

from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, JournalRow, VisitRow
from appliance.platform.contract import CaptureRecord, Plan
from appliance.platform.sealing import unseal
from appliance.visit.conductor import Conductor
from appliance.visit.details import Details, checked
from appliance.visit.errors import ConsentMissing, InvalidDetails
from appliance.visit.machine import State

LABEL = {"zh": "项目", "en": "field"}
STUDENT = DEMO.students[0]
PHONE, ADDRESS = "13912345678", "广州市天河区示范路 12 号 302 室"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


def field(kind: str, **more: Any) -> Plan:
    return plan_with(extra_fields=[{"id": "one", "kind": kind, "label": LABEL, **more}])


def said(plan: Plan, value: str) -> str | None:
    try:
        checked(plan, Details({"one": value}), unresolved=False)
    except InvalidDetails as error:
        return str(error.extra["fields"]["one"]["en"])
    return None


CHOICES = [{"id": "post", "label": {"zh": "邮寄", "en": "by post"}}]


@pytest.mark.parametrize(
    ("plan", "good", "bad", "why"),
    [
        (field("text", required=True), "x", " ", "fill"),
        (field("text", max_length=3), "abc", "abcd", "4 characters, at most 3"),
        (field("text"), "ok", "a\u200bb", "invisible"),
        (field("text", pattern="[A-Z]{2}", hint={"zh": "两个字母", "en": "two letters"}), "AB", "ABC", "two letters"),
        (field("phone"), PHONE, "1391234567", "11 digits"),
        (field("email"), "a.b@example.edu.cn", "a@b", "looks like"),
        (field("postcode"), "510000", "51000", "6 digits"),
        (field("address"), ADDRESS, "广州", "street"),
        (field("choice", choices=CHOICES), "post", "fetch", "by post"),
    ],
)
def test_f10_each_kind_of_detail_is_checked_and_refused_with_what_to_do(
    plan: Plan, good: str, bad: str, why: str
) -> None:
    assert said(plan, good) is None
    assert why in (said(plan, bad) or "")


def test_full_width_digits_are_the_same_answer_and_unknown_fields_are_refused() -> None:
    plan = field("postcode")
    assert checked(plan, Details({"one": " ５１００００ "}), unresolved=False).fields == {"one": "510000"}
    with pytest.raises(InvalidDetails) as caught:
        checked(plan, Details({"two": "x"}), unresolved=False)
    assert caught.value.extra["fields"].keys() == {"two"}


@pytest.mark.parametrize(
    ("asked", "details", "refused"),
    [
        ("none", Details(), False),
        ("none", Details(phone=PHONE), True),
        ("optional", Details(phone=PHONE), False),
        ("optional", Details(phone_declined=True), False),
        ("optional", Details(), True),
        ("optional", Details(phone=PHONE, phone_declined=True), True),
        ("optional", Details(phone="12345"), True),
        ("required", Details(phone_declined=True), True),
        ("required", Details(phone="139 1234 5678"), False),
    ],
)
def test_f12_phone_is_given_or_declined_at_ones_own_risk(asked: str, details: Details, refused: bool) -> None:
    plan = plan_with(phone=asked)
    if refused:
        with pytest.raises(InvalidDetails) as caught:
            checked(plan, details, unresolved=False)
        assert caught.value.extra["fields"].keys() == {"phone"}
    else:
        checked(plan, details, unresolved=False)


def confirmed(conductor: Conductor, details: Details | None) -> None:
    conductor.scan(STUDENT.payload)
    conductor.verify(STUDENT.last_four)
    version = DEMO.plan.consent.version
    conductor.confirm(record_confirmed=True, consent_version=version, by="student", details=details)


def record_of(ledger: Ledger, conductor: Conductor) -> CaptureRecord:
    conductor.accept(conductor.shoot(automatic=False).shot_id, None)
    with ledger.reading() as session:
        [row] = session.exec(select(CaptureRow)).all()
    return CaptureRecord.model_validate(json.loads(row.record))


def test_f10_details_travel_sealed_and_are_nowhere_else(ledger: Ledger) -> None:
    plan = plan_with(
        phone="optional", extra_fields=[{"id": "home", "kind": "address", "label": LABEL, "required": True}]
    )
    conductor = conductor_of(ledger, roster_of(plan))
    with pytest.raises(InvalidDetails):
        confirmed(conductor, None)
    assert conductor.state is State.VERIFIED
    conductor.details(Details({"home": ADDRESS}, PHONE, corrections=("major",)))
    conductor.confirm(record_confirmed=True, consent_version=plan.consent.version, by="student")
    with ledger.reading() as session:
        kept = session.get_one(VisitRow, 1).body + "".join(row.body for row in session.exec(select(JournalRow)))
    assert ADDRESS not in kept
    assert PHONE not in kept
    record = record_of(ledger, conductor)
    assert ADDRESS not in record.model_dump_json()
    assert record.sealed_details is not None
    opened = json.loads(unseal(record.sealed_details, SEALING))
    assert opened == {"fields": {"home": ADDRESS}, "phone": PHONE}
    assert (record.corrections, record.phone_declined) == (["major"], False)


def test_f12_the_declined_phone_is_recorded(ledger: Ledger) -> None:
    conductor = conductor_of(ledger, roster_of(plan_with(phone="optional")))
    confirmed(conductor, Details(phone_declined=True))
    record = record_of(ledger, conductor)
    assert (record.phone_declined, record.sealed_details) == (True, None)


def test_f09_the_shown_record_is_masked_and_corrections_name_its_fields_only(ledger: Ledger) -> None:
    conductor = conductor_of(ledger)
    with pytest.raises(InvalidDetails) as caught:
        confirmed(conductor, Details(corrections=("document",)))
    assert caught.value.extra["fields"].keys() == {"corrections"}
    shown = conductor.now().identity
    assert shown.keys() == {"name", "number", "student_number", "school", "level", "type", "major", "class_name"}
    assert all("*" in shown[name] for name in ("name", "number", "student_number"))


def test_f11_consent_is_of_the_plans_version_with_time_and_who_ticked(ledger: Ledger) -> None:
    conductor = conductor_of(ledger)
    conductor.scan(STUDENT.payload)
    conductor.verify(STUDENT.last_four)
    for version, ticked in (("old", True), (DEMO.plan.consent.version, False)):
        with pytest.raises(ConsentMissing):
            conductor.confirm(record_confirmed=ticked, consent_version=version, by="student")
    conductor.confirm(record_confirmed=True, consent_version=DEMO.plan.consent.version, by="student", operator="op-7")
    given = conductor.now().consented
    assert given is not None
    assert (given.version, given.by) == (DEMO.plan.consent.version, "student")
    record = record_of(ledger, conductor)
    assert record.consent.given_at.isoformat() == given.at


def test_an_unknown_code_goes_on_marked_and_its_verification_is_skipped(ledger: Ledger) -> None:
    conductor = conductor_of(ledger, roster_of(plan_with(unknown_code="defer")))
    conductor.scan("a code that no roster knows")
    assert (conductor.state, conductor.now().unresolved) == (State.VERIFIED, True)
    conductor.confirm(record_confirmed=True, consent_version=DEMO.plan.consent.version, by="student")
    record = record_of(ledger, conductor)
    assert (record.unresolved, record.verification.method, record.identity.name) == (True, "none", "")
    assert unseal(record.sealed_code, SEALING) == "a code that no roster knows"
