"""The ledger's tables. Times are ISO 8601 in UTC; durations and due times are seconds of the machine's boot clock."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index
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
    """One accepted capture. `record` is the canonical JSON that the platform gets, byte for byte.

    SQLite reads over a record to get at what stands behind it, so lists and counters must find all they need in `ix_capture_listed`
    (whether there is a receipt: `received_at`).
    """

    __tablename__ = "capture"
    __table_args__ = (
        Index(
            "ix_capture_listed",
            *("sequence", "capture_id", "visit_id", "plan_id", "code_digest", "accepted_at", "received_at", "summary"),
        ),
        Index("ix_capture_of_code", "code_digest", "sequence"),
    )

    capture_id: str = Field(primary_key=True)
    visit_id: str = Field(index=True)
    shot_id: str = Field(unique=True)  # one shot is accepted once, however often the button is pressed
    plan_id: str
    code_digest: str
    record: bytes
    record_sha256: str
    photo_sha256: str
    photo_bytes: int
    original_sha256: str
    original_bytes: int
    accepted_at: str
    receipt: str | None = None  # the platform's, as JSON; set once every sha256 in it was compared
    received_at: str | None = Field(default=None, index=True)
    # Order of acceptance, whatever the clock said; SQLite's own row numbers may change when the file is compacted.
    sequence: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    summary: str = Field(
        default="{}", sa_column_kwargs={"server_default": "{}"}
    )  # of the record, for lists: `summaries`


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


class RetentionRow(SQLModel, table=True):
    """A capture with a receipt: the station's age in seconds (`appliance.outbox.age`) when it was first seen with one."""

    __tablename__ = "retention"

    capture_id: str = Field(primary_key=True)
    since_age_s: float


class ReviewRow(SQLModel, table=True):
    """What the platform's review last said of a capture; `serial` grows with every change, so older news changes nothing."""

    __tablename__ = "review"

    capture_id: str = Field(primary_key=True)
    serial: int
    state: str = Field(index=True)  # reviewing, accepted, refused, withdrawn
    reasons: str  # JSON: [{"rule", "message": {"zh", "en"}}]
    face_match: float | None = None
    at: str


class ErrandKind(StrEnum):
    """What is asked of the platform besides captures."""

    WITHDRAWAL = "withdrawal"
    REPORT = "report"


class ErrandRow(SQLModel, table=True):
    """One request that must reach the platform whenever it can: a withdrawal, a problem report. Due times as in `OutboxRow`."""

    __tablename__ = "errand"

    errand_id: str = Field(primary_key=True)
    kind: ErrandKind
    capture_id: str | None = Field(default=None, index=True)
    body: str  # JSON as the platform gets it; what people wrote in it is sealed
    state: DeliveryState = Field(default=DeliveryState.PENDING, index=True)
    attempts: int = 0
    due: float = 0.0
    boot_id: str = ""
    last_error: str | None = None
    made_at: str
    answered_at: str | None = None


class MakerRow(SQLModel, table=True):
    """Which device, software and networks wrote journal entries; named in them by the sha256 of `body`."""

    __tablename__ = "maker"

    digest: str = Field(primary_key=True)
    body: str


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
    last_wrong_at: str = ""  # for people; the pause is measured by the two below
    clock: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})  # boot clock of the last wrong answer
    boot_id: str = Field(default="", sa_column_kwargs={"server_default": ""})


class FeeRow(SQLModel, table=True):
    """How the fee of a code stands, so that nobody is asked twice: it outlives visits, and is there without a network."""

    __tablename__ = "fee"

    code_digest: str = Field(primary_key=True)
    plan_id: str
    state: str  # paid, deferred, voucher
    order_id: str | None = None
    voucher_digest: str | None = Field(default=None, unique=True)  # one voucher pays one student's fee


class NoteRow(SQLModel, table=True):
    """A named document that the station keeps: enrolment, the signed roster, pairings."""

    __tablename__ = "note"

    name: str = Field(primary_key=True)
    body: str
