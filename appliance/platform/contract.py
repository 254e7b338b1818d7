"""The documents station and platform exchange, as pydantic models: the contract's single source.

`openapi.json` beside this file is generated from these models and the reference platform's routes; a test holds them equal.
What the platform reads forbids unknown fields (a misspelt one must not vanish); what the station reads ignores them
(a newer platform may say more). Times are RFC 3339 with an offset; digests are lower-case hex SHA-256.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

CONTRACT_VERSION: Literal["1.0"] = "1.0"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ShortText = Annotated[str, StringConstraints(max_length=200)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
CompactJose = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*){2,4}$", max_length=20_000_000)
]

VerificationMethod = Literal["last_four", "student_number", "none"]
FileKind = Literal["photo", "original"]
Part = Literal["record", "photo", "original"]


class Sent(BaseModel):
    """Read by the platform: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answered(BaseModel):
    """Read by the station: unknown fields are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class LocalText(Sent):
    """A text for people, in Chinese and English."""

    zh: str = Field(max_length=20_000)
    en: str = Field(max_length=20_000)


# --- who is photographed, and for what -------------------------------------------------------------------------------


class MaskedIdentity(Sent):
    """What a station may know of a student: masked by the platform before it leaves, for the confirm screen.

    Where the plan asks for the last four characters of the document number, `number` must not show them.
    """

    name: ShortText = Field(examples=["李*明"])
    number: ShortText = Field(examples=["4401**************"])
    student_number: ShortText = Field(examples=["2022****17"])
    school: ShortText
    level: ShortText = Field(examples=["本科"])
    type: ShortText = Field(examples=["普通高等教育"])
    major: ShortText
    class_name: ShortText


class ConsentText(Sent):
    """The privacy agreement of a plan; the version agreed to is kept with each capture."""

    version: Identifier
    text: LocalText


class Plan(Sent):
    """One collection plan: whose photos, judged by which profile, verified how."""

    id: Identifier
    title: LocalText
    school: ShortText
    level: ShortText
    type: ShortText
    profile: Identifier = Field(examples=["moe-2017-99"])
    verification: VerificationMethod
    consent: ConsentText


class RosterEntry(Answered):
    """One student of the plan, found by the digest of the capture code.

    `answers` maps a verification method to the digest of the right answer (`digests.answer_digest`).
    """

    code_digest: Sha256
    identity: MaskedIdentity
    answers: dict[VerificationMethod, Sha256]


class ElsewhereEntry(Answered):
    """A code known to belong to another plan, so that the station can say so offline."""

    code_digest: Sha256
    plan_title: LocalText


class RosterDocument(Answered):
    """The masked roster of one plan for one station; travels as the payload of a JWS signed by the platform."""

    plan: Plan
    salt: str = Field(description="base64url key of the code digests of this roster", min_length=22)
    serial: int = Field(ge=1, description="grows with every issue; a station refuses to go back")
    issued_at: AwareDatetime
    expires_at: AwareDatetime
    station_id: Identifier
    entries: list[RosterEntry]
    elsewhere: list[ElsewhereEntry]


class RosterPage(Answered):
    """Rosters changed since the cursor: signed documents, one a plan."""

    documents: list[CompactJose]
    cursor: str
    more: bool = False


# --- one capture -----------------------------------------------------------------------------------------------------


class RuleOutcome(Sent):
    """One rule of the verdict with its measured value beside the limit."""

    id: Identifier
    outcome: Literal["pass", "fail", "unknown", "exempt"]
    measured: float | str | None
    limit: float | str | list[Any] | None
    unit: str
    message: LocalText


class VerdictDocument(Sent):
    """Every rule of the profile; kept as evidence."""

    profile: Identifier
    verdict: Literal["pass", "refuse", "unmeasurable"]
    rules: list[RuleOutcome] = Field(max_length=200)


class AcceptedException(Sent):
    """Why an operator accepted a picture the rules refuse."""

    reason: Identifier
    note: str = Field(default="", max_length=1000)


class ConsentGiven(Sent):
    """Which agreement the student agreed to, and when the shown record was confirmed."""

    version: Identifier
    given_at: AwareDatetime
    record_confirmed: bool


class VerificationDone(Sent):
    """How the student's identity was verified, and how many answers it took."""

    method: VerificationMethod
    tries: int = Field(ge=0, le=100)


class CapturedFile(Sent):
    """One file of the capture as it will be uploaded."""

    sha256: Sha256
    bytes: int = Field(ge=1)
    media_type: Literal["image/jpeg", "image/png"] = "image/jpeg"
    width: int = Field(ge=1)
    height: int = Field(ge=1)


class StationFacts(Sent):
    """Which device and software made the capture; `stand_in` is true where pictures came from no real camera."""

    station_id: Identifier
    name: ShortText
    version: ShortText
    stand_in: bool


class CaptureRecord(Sent):
    """Everything about one accepted capture but its pixels. PUT byte for byte as the station keeps it."""

    contract: Literal["1.0"] = CONTRACT_VERSION
    capture_id: UUID
    visit_id: UUID
    station: StationFacts
    plan_id: Identifier
    roster_serial: int = Field(ge=0)
    sealed_code: CompactJose = Field(description="capture code payload, JWE (ECDH-ES) to the platform's sealing key")
    code_digest: Sha256
    identity: MaskedIdentity
    verification: VerificationDone
    consent: ConsentGiven
    captured_at: AwareDatetime
    accepted_at: AwareDatetime
    clock_trusted: bool
    boot_id: Identifier
    sequence: int = Field(ge=0, description="order of captures on this station, whatever its clock says")
    verdict: VerdictDocument
    exception: AcceptedException | None = None
    photo: CapturedFile
    original: CapturedFile


class CaptureState(Answered):
    """What the platform holds of a capture so far."""

    capture_id: UUID
    stored: list[Part]
    missing: list[Part]
    receipt_id: str | None = None


class Receipt(Answered):
    """The platform's promise that it holds all three parts; payload of the receipt's JWS."""

    receipt_id: Identifier
    capture_id: UUID
    station_id: Identifier
    record_sha256: Sha256
    photo_sha256: Sha256
    original_sha256: Sha256
    stored_at: AwareDatetime


class SignedReceipt(Receipt):
    """A receipt with the JWS that proves it; the plain fields repeat the payload for reading."""

    jws: CompactJose


# --- station and platform --------------------------------------------------------------------------------------------


class Jwk(Answered):
    """A public key (RFC 8037 OKP): Ed25519 for signatures, X25519 for sealing."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kty: Literal["OKP"]
    crv: Literal["Ed25519", "X25519"]
    x: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    kid: str | None = None


class EnrolmentRequest(Sent):
    """A new station presents its one-time token and its public key; the request is signed with that key."""

    token: str = Field(min_length=8, max_length=200)
    name: ShortText
    public_key: Jwk


class Enrolment(Answered):
    """The platform's answer: who the station is from now on, and the platform's public keys."""

    station_id: Identifier
    signing_keys: list[Jwk]
    sealing_key: Jwk
    enrolled_at: AwareDatetime


class StationEvent(Answered):
    """Something the platform tells the station; `id` makes repeats harmless, `cursor` acknowledges."""

    id: UUID
    cursor: str
    kind: Literal["roster-changed", "plan-changed", "receipt-issued", "review", "order"]
    at: AwareDatetime
    data: dict[str, Any]


class EventPage(Answered):
    """Events after the cursor asked with; empty when the wait ran out."""

    events: list[StationEvent]
    cursor: str


class Heartbeat(Sent):
    """How a station is doing. Counters only ever describe the station's own queue."""

    version: ShortText
    boot_id: Identifier
    uptime_s: float = Field(ge=0)
    clock_offset_s: float | None = None
    waiting: int = Field(ge=0)
    parked: int = Field(ge=0)
    receipted: int = Field(ge=0)
    bytes_waiting: int = Field(ge=0)
    disk_free_bytes: int | None = Field(default=None, ge=0)


class HeartbeatAnswer(Answered):
    """Acknowledged, with the platform's time."""

    at: AwareDatetime


class Problem(BaseModel):
    """RFC 9457 problem details; `code` is stable for programs, `message` is for people."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    title: str
    status: int
    detail: str
    code: str
    message: LocalText
