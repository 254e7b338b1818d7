"""The ledger's tables. Times are ISO 8601 in UTC; durations and due times are seconds of the machine's boot clock."""

from __future__ import annotations

from enum import StrEnum

from sqlmodel import Field, SQLModel


class DeliveryState(StrEnum):
    """Where one deliverable stands."""

    PENDING = "pending"
    LEASED = "leased"
    DONE = "done"
    PARKED = "parked"


class DeliveryKind(StrEnum):
    """What is delivered for a capture, in this order: each waits for those before it."""

    RECORD = "record"
    PHOTO = "photo"
    ORIGINAL = "original"
    RECEIPT = "receipt"


class CaptureRow(SQLModel, table=True):
    """One accepted capture. `record` is the canonical JSON that the platform gets, byte for byte."""

    __tablename__ = "capture"

    capture_id: str = Field(primary_key=True)
    visit_id: str = Field(index=True)
    shot_id: str = Field(unique=True)  # one shot is accepted once, however often the button is pressed
    plan_id: str
    code_digest: str = Field(index=True)
    record: bytes
    record_sha256: str
    photo_sha256: str
    photo_bytes: int
    original_sha256: str
    original_bytes: int
    accepted_at: str
    receipt: str | None = None  # the platform's, as JSON; set once every sha256 in it was compared
    received_at: str | None = None


class OutboxRow(SQLModel, table=True):
    """One deliverable. A due time or lease of another boot (`boot_id`) has passed."""

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    capture_id: str = Field(foreign_key="capture.capture_id", index=True)
    kind: DeliveryKind = Field(index=True)
    rank: int  # position of `kind` in the order of delivery, so that SQL can sort by it
    bytes: int = 0
    state: DeliveryState = Field(default=DeliveryState.PENDING, index=True)
    attempts: int = 0
    due: float = 0.0
    boot_id: str = ""
    lease_owner: str | None = None
    lease_until: float = 0.0
    last_error: str | None = None
    upload_url: str | None = None


class LinkRow(SQLModel, table=True):
    """How the delivery process finds the platform: one row, rewritten by it."""

    __tablename__ = "link"

    id: int = Field(default=1, primary_key=True)
    online: bool | None = None
    last_error: str | None = None
    seen_at: str | None = None  # last answer of the platform
    beat: float = 0.0  # the process's last sign of life, boot clock
    boot_id: str = ""
    uploaded_bytes: int = 0


class JournalRow(SQLModel, table=True):
    """One step, chained to the one before and signed with the device key."""

    __tablename__ = "journal"

    seq: int = Field(primary_key=True)
    at: str
    clock_trusted: bool
    boot_id: str
    visit_id: str | None = Field(default=None, index=True)
    event: str
    body: str  # canonical JSON, no personal data
    previous: str
    digest: str
    signature: str


class VisitRow(SQLModel, table=True):
    """The visit in progress, so that a restart goes on with it; no row means idle."""

    __tablename__ = "visit"

    id: int = Field(default=1, primary_key=True)
    visit_id: str
    state: str
    body: str


class TriesRow(SQLModel, table=True):
    """Wrong answers given for a code; they outlive visits and restarts."""

    __tablename__ = "tries"

    code_digest: str = Field(primary_key=True)
    wrong: int = 0
    last_wrong_at: str = ""


class NoteRow(SQLModel, table=True):
    """A named document that the station keeps: enrolment, the signed roster, pairings."""

    __tablename__ = "note"

    name: str = Field(primary_key=True)
    body: str
