"""A made-up day for demonstrations and rehearsals: two plans and their students, the same for the same seed.

Payloads stand in for CHSI's capture codes: opaque, as long and as dense. They and the right answers exist at the platform
and in the seed file of whoever plays the students; a station gets neither.
"""

from __future__ import annotations

import base64
import json
import random
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from appliance.platform.contract import MaskedIdentity, Plan
from appliance.platform.digests import salt_text

from .composition import Platform
from .events import tell
from .tables import AssignmentRow, PlanRow, StationRow, StudentRow

PAYLOAD_BYTES = 225  # 300 characters of base64: a QR of version 13 to 15, as dense as the real one
_CHECK_CHARACTERS = "0123456789X"
_MATERIAL = Path(__file__).with_name("pages") / "demo_plan.json"


@dataclass(frozen=True, slots=True)
class Student:
    """One made-up student: what their code says, and how they answer when asked."""

    plan_id: str
    payload: str
    last_four: str
    student_number: str
    identity: dict[str, str]

    @property
    def label(self) -> str:
        """Masked name and class, for lists."""
        return f"{self.identity['name']} · {self.identity['class_name']}"

    def answer(self, verification: str) -> str:
        """The right answer to a plan's question; empty where nothing is asked."""
        return {"last_four": self.last_four, "student_number": self.student_number}.get(verification, "")


@dataclass(frozen=True, slots=True)
class DemoRoster:
    """A day's material: `students` belong to `plan`, `strangers` to `other_plan`."""

    plan: Plan
    students: tuple[Student, ...]
    other_plan: Plan
    strangers: tuple[Student, ...]

    def write(self, path: Path) -> None:
        """Keep it as a seed file, readable by its owner only."""
        document = {
            "plan": self.plan.model_dump(mode="json"),
            "students": [asdict(student) for student in self.students],
            "other_plan": self.other_plan.model_dump(mode="json"),
            "strangers": [asdict(student) for student in self.strangers],
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2))

    @classmethod
    def read(cls, path: Path) -> DemoRoster:
        """A seed file written by `write`. ValueError when it is none."""
        try:
            document = json.loads(path.read_text())
            return cls(
                plan=Plan.model_validate(document["plan"]),
                students=tuple(Student(**fields) for fields in document["students"]),
                other_plan=Plan.model_validate(document["other_plan"]),
                strangers=tuple(Student(**fields) for fields in document["strangers"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is no seed file ({error!r}); make one: station platform seed") from error


def demo_roster(students: int = 12, *, strangers: int = 2, seed: int = 2026) -> DemoRoster:
    """Make up a day: equal arguments give equal material."""
    plan, other_plan = (Plan.model_validate(plan) for plan in _material()["plans"])
    return DemoRoster(plan, _students(plan, students, seed), other_plan, _students(other_plan, strangers, seed))


def plant(platform: Platform, roster: DemoRoster) -> None:
    """Put a day's plans and students into the platform and tell its stations. Planting the same again changes nothing.

    The plan goes to every station, the other plan to one that is never here: its codes are known, and not served.
    """
    with platform.database.write(f"plan/{roster.plan.id}") as session:
        for plan, students in ((roster.plan, roster.students), (roster.other_plan, roster.strangers)):
            if _plant_plan(session, plan, students):
                if plan.id == roster.other_plan.id:
                    session.merge(AssignmentRow(plan_id=plan.id, station_id="elsewhere"))
                for station in session.exec(select(StationRow).order_by(col(StationRow.station_id))).all():
                    tell(platform, session, station.station_id, "roster-changed", {"plan_id": plan.id})


def _plant_plan(session: Session, plan: Plan, students: tuple[Student, ...]) -> bool:
    document = plan.model_dump_json()
    known = set(session.exec(select(StudentRow.payload).where(col(StudentRow.plan_id) == plan.id)).all())
    fresh = [student for student in students if student.payload not in known]
    row = session.get(PlanRow, plan.id)
    if row is not None and row.document == document and not fresh:
        return False
    if row is None:
        row = PlanRow(plan_id=plan.id, document=document, salt=salt_text(random.SystemRandom().randbytes(32)))
    else:
        row.document, row.version = document, row.version + 1
    session.add(row)
    for student in fresh:
        answers = {"last_four": student.last_four, "student_number": student.student_number}
        session.add(
            StudentRow(
                plan_id=plan.id,
                payload=student.payload,
                identity=json.dumps(student.identity, ensure_ascii=False),
                answers=json.dumps(answers),
            )
        )
    return True


def _students(plan: Plan, count: int, seed: int) -> tuple[Student, ...]:
    draws = (random.Random(f"{seed}/{plan.id}/{number}") for number in range(count))  # noqa: S311 - made up on purpose
    return tuple(_student(draw, plan, number) for number, draw in enumerate(draws))


def _student(draw: random.Random, plan: Plan, number: int) -> Student:
    material = _material()
    surname, last = draw.choice(material["surnames"]), draw.choice(material["last_characters"])
    last_four = f"{draw.randrange(1000):03d}{draw.choice(_CHECK_CHARACTERS)}"
    student_number = f"2022{draw.randrange(10**4):04d}{number % 100:02d}"
    identity = MaskedIdentity(
        name=f"{surname}*{last}",
        number=f"{draw.choice(material['regions'])}**************",  # its end is what the student is asked for
        student_number=f"{student_number[:4]}****{student_number[-2:]}",
        school=plan.school,
        level=plan.level,
        type=plan.type,
        major=draw.choice(material["majors"]),
        class_name=f"{draw.randrange(1, 5)}班",
    )
    return Student(
        plan_id=plan.id,
        payload=base64.b64encode(draw.randbytes(PAYLOAD_BYTES)).decode(),
        last_four=last_four,
        student_number=student_number,
        identity=identity.model_dump(),
    )


@cache
def _material() -> dict[str, Any]:
    material: dict[str, Any] = json.loads(_MATERIAL.read_text())
    return material
