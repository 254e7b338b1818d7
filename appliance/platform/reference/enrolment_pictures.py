"""Enrolment pictures: taken in from a folder, one file a student, named by student number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import select

from .composition import Platform
from .face_tables import EnrolmentPictureRow
from .students import student_key
from .tables import StudentRow

_KINDS = {".jpg", ".jpeg", ".png"}
LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a folder: how many pictures were kept, and which files are nobody's or too large."""

    kept: int
    passed_over: tuple[str, ...]


def keep_picture(platform: Platform, payload: str, picture: bytes) -> None:
    """Keep the enrolment picture (JPEG or PNG) of the student with this capture code; a newer one takes the place of the old."""
    student = student_key(payload)
    key = f"enrolment/{student[:2]}/{student}"
    platform.objects.put(key, [picture])
    with platform.database.write(f"enrolment/{student}") as session:
        session.merge(EnrolmentPictureRow(student_key=student, key=key))


def take_folder(platform: Platform, plan_id: str, folder: Path) -> Taken:
    """Take in `STUDENT_NUMBER.jpg` (or .jpeg, .png) for the students of a plan. OSError when the folder cannot be read."""
    with platform.database.read() as session:
        students = session.exec(select(StudentRow).where(StudentRow.plan_id == plan_id)).all()
    by_number = {json.loads(student.answers).get("student_number"): student.payload for student in students}
    kept, passed_over = 0, []
    for path in _pictures(folder):
        payload = by_number.get(path.stem)
        if payload is None or path.stat().st_size > LARGEST:
            passed_over.append(path.name)
            continue
        keep_picture(platform, payload, path.read_bytes())
        kept += 1
    return Taken(kept, tuple(passed_over))


def _pictures(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.suffix.lower() in _KINDS and path.is_file())
