"""Rosters: a plan's students, masked and digested, signed for one station."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, select

from appliance.platform.contract import (
    ElsewhereEntry,
    MaskedIdentity,
    Plan,
    ReviewState,
    RosterDocument,
    RosterEntry,
    RosterPage,
)
from appliance.platform.digests import answer_digest, code_digest, salt_bytes, sha256_hex
from appliance.platform.documents import ROSTER_TYPE, sign_document

from .composition import Platform
from .orders import PaidHow, payments_of
from .plans import plans_of
from .reviews import states_of
from .students import student_key
from .tables import PlanRow, StudentRow


@dataclass(frozen=True, slots=True)
class Known:
    """What became of a plan's students so far, by their key."""

    payments: dict[str, PaidHow]
    reviews: dict[str, ReviewState]


def cursor_of(platform: Platform, station_id: str) -> str:
    """Changes whenever a roster of this station changes; also the ETag of its rosters."""
    with platform.database.read() as session:
        plans = plans_of(session, station_id)
    day = platform.now().date().isoformat()  # at least one fresh roster a day, long before the old one ends
    facts = [platform.keys.signing.kid, station_id, day, *(f"{plan.plan_id}={plan.version}" for plan in plans)]
    return sha256_hex(json.dumps(facts).encode())[:32]


def read_rosters(platform: Platform, station_id: str, cursor: str) -> RosterPage:
    """Signed rosters of every plan the station serves; none when nothing changed since `cursor`."""
    current = cursor_of(platform, station_id)
    if cursor == current:
        return RosterPage(documents=[], cursor=current)
    with platform.database.read() as session:
        documents = [_issue(platform, session, station_id, plan) for plan in plans_of(session, station_id)]
    return RosterPage(documents=documents, cursor=current)


def _issue(platform: Platform, session: Session, station_id: str, plan: PlanRow) -> str:
    salt = salt_bytes(plan.salt)
    now = platform.now()
    titles = {row.plan_id: Plan.model_validate_json(row.document).title for row in session.exec(select(PlanRow))}
    students = session.exec(select(StudentRow)).all()
    known = Known(payments_of(session, plan.plan_id), states_of(session, plan.plan_id))
    document = RosterDocument(
        plan=Plan.model_validate_json(plan.document),
        salt=plan.salt,
        serial=plan.version,
        issued_at=now,
        expires_at=now + timedelta(seconds=platform.settings.roster_valid_s),
        station_id=station_id,
        entries=[_entry(salt, student, known) for student in students if student.plan_id == plan.plan_id],
        elsewhere=[
            ElsewhereEntry(code_digest=code_digest(salt, student.payload), plan_title=titles[student.plan_id])
            for student in students
            if student.plan_id != plan.plan_id
        ],
    )
    return sign_document(document.model_dump_json().encode(), platform.keys.signing, ROSTER_TYPE)


def _entry(salt: bytes, student: StudentRow, known: Known) -> RosterEntry:
    answers, key = json.loads(student.answers), student_key(student.payload)
    return RosterEntry(
        code_digest=code_digest(salt, student.payload),
        identity=MaskedIdentity.model_validate_json(student.identity),
        answers={kind: answer_digest(student.payload, kind, value) for kind, value in answers.items()},
        payment=known.payments.get(key, "unpaid"),
        review=known.reviews.get(key),
    )
