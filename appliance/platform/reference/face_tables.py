"""What the platform remembers of faces: where a student's enrolment picture lies, and which captures were compared with it."""

from __future__ import annotations

from sqlmodel import Field

from .tables import PlatformTable


class EnrolmentPictureRow(PlatformTable, table=True):
    """A student's picture from enrolment; the file lies in the object store under `key`."""

    __tablename__ = "enrolment_picture"
    student_key: str = Field(primary_key=True)
    key: str


class ComparisonRow(PlatformTable, table=True):
    """One capture compared with its student's enrolment picture; `score` is none where one of them shows no face."""

    __tablename__ = "face_comparison"
    capture_id: str = Field(primary_key=True)
    score: float | None = None
    missing: str = ""
    at: str
