"""What the reference platform remembers (SQLModel). Its tables have a registry of their own, apart from a station's."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class PlatformTable(SQLModel, registry=registry()):
    """Base of the platform's tables."""


class StationRow(PlatformTable, table=True):
    """An enrolled station. Times are RFC 3339 text in UTC."""

    __tablename__ = "station"
    station_id: str = Field(primary_key=True)
    name: str
    thumbprint: str = Field(unique=True, index=True)
    public_jwk: str
    enrolled_at: str
    revoked_at: str | None = None
    last_seen_at: str | None = None
    heartbeat: str | None = None


class StationKeyRow(PlatformTable, table=True):
    """A key of a station beside the one it signs with: the next one, announced, or one that was replaced.

    What a past key signed stays to be verified; requests it signs are refused.
    """

    __tablename__ = "station_key"
    thumbprint: str = Field(primary_key=True)
    station_id: str = Field(index=True)
    public_jwk: str
    state: str  # next, past
    since: str


class RevocationRow(PlatformTable, table=True):
    """A station that shall wipe its keys: the signed word it is told so with."""

    __tablename__ = "revocation"
    station_id: str = Field(primary_key=True)
    statement: str


class TokenRow(PlatformTable, table=True):
    """A one-time enrolment token, kept as digest only; `used_by` is the station it made."""

    __tablename__ = "enrolment_token"
    token_sha256: str = Field(primary_key=True)
    created_at: str
    used_by: str | None = None


class PlanRow(PlatformTable, table=True):
    """A collection plan: `document` is the contract's Plan as JSON; `version` grows with every change of its students."""

    __tablename__ = "plan"
    plan_id: str = Field(primary_key=True)
    document: str
    salt: str
    version: int = 1


class AssignmentRow(PlatformTable, table=True):
    """Which stations serve a plan; a plan without any is served by every station."""

    __tablename__ = "assignment"
    plan_id: str = Field(primary_key=True)
    station_id: str = Field(primary_key=True)


class StudentRow(PlatformTable, table=True):
    """A student of a plan. Only the platform knows the payload; rosters carry its digest."""

    __tablename__ = "student"
    student_id: int | None = Field(default=None, primary_key=True)
    plan_id: str = Field(index=True)
    payload: str = Field(unique=True)
    identity: str
    answers: str


class CaptureRow(PlatformTable, table=True):
    """One capture: the record as received, byte for byte, and when each file was stored."""

    __tablename__ = "capture"
    capture_id: str = Field(primary_key=True)
    station_id: str = Field(index=True)
    plan_id: str = Field(index=True)
    record: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    record_sha256: str
    photo_sha256: str
    original_sha256: str
    original_bytes: int
    received_at: str = Field(index=True)
    photo_at: str | None = None
    original_at: str | None = None
    receipt_id: str | None = Field(default=None, unique=True)
    receipt_jws: str | None = None
    stored_at: str | None = None


class UploadRow(PlatformTable, table=True):
    """One tus upload. At most one a capture; `offset` is what is durable here."""

    __tablename__ = "upload"
    upload_id: str = Field(primary_key=True)
    capture_id: str = Field(unique=True)
    station_id: str
    length: int
    sha256: str
    metadata_text: str
    offset: int = 0
    created_at: str


class ChunkRow(PlatformTable, table=True):
    """A received piece of an upload; its bytes lie in the object store under `key`."""

    __tablename__ = "chunk"
    upload_id: str = Field(primary_key=True)
    offset: int = Field(primary_key=True)
    length: int
    key: str


class EventRow(PlatformTable, table=True):
    """Something to tell a station; the row number is its cursor."""

    __tablename__ = "event"
    number: int | None = Field(default=None, primary_key=True)
    event_id: str = Field(unique=True)
    station_id: str = Field(index=True)
    kind: str
    at: str
    data: str


class CaptureStudentRow(PlatformTable, table=True):
    """Whose photo a capture is: the student's key (SHA-256 of the code), known since the platform opened the sealed code."""

    __tablename__ = "capture_student"
    capture_id: str = Field(primary_key=True)
    student_key: str = Field(index=True)


class ReviewRow(PlatformTable, table=True):
    """How the review of a capture stands; `serial` grows with every change. `reasons` is a JSON list of RefusalReason."""

    __tablename__ = "review"
    capture_id: str = Field(primary_key=True)
    serial: int
    state: str = Field(index=True)
    reasons: str = "[]"
    face_match: float | None = None
    decided_by: str | None = None
    at: str


class ReportRow(PlatformTable, table=True):
    """A problem report as received, byte for byte."""

    __tablename__ = "report"
    report_id: str = Field(primary_key=True)
    station_id: str = Field(index=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: str = Field(index=True)
