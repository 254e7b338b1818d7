"""One capture: its record, what the platform holds of it, its receipt."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from .base import (
    CONTRACT_VERSION,
    Answered,
    CompactJose,
    Identifier,
    LocalText,
    Part,
    Sent,
    Sha256,
    ShortText,
    VerificationMethod,
)
from .order import PaymentFacts
from .roster import MaskedIdentity


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
    networks: dict[Identifier, Sha256] = Field(
        default_factory=dict, description="sha256 of each network file that judged, by its name"
    )


class ShotFacts(Sent):
    """How the original was exposed, as the camera told; null where a camera cannot know."""

    automatic: bool = Field(description="released by the station once every live rule held, not by a hand")
    frame: int = Field(ge=0, description="the sensor's frame, counted since the camera was started")
    exposure_us: float | None = Field(default=None, gt=0)
    analogue_gain: float | None = Field(default=None, gt=0)
    lamp_level: Literal["off", "framing", "shot"] | None = None
    in_focus: bool | None = None


class FaceMatch(Sent):
    """The new photo compared with the ID card's portrait, which is dropped afterwards. `operator` when the score lay in the
    band that the operator decides."""

    score: float = Field(ge=-1, le=1, description="cosine of the two SFace embeddings")
    limit: float = Field(ge=-1, le=1)
    outcome: Literal["same", "different", "undecided"]
    operator_decided: bool = False


class CaptureRecord(Sent):
    """Everything about one accepted capture but its pixels. PUT byte for byte as the station keeps it."""

    contract: Literal["1.0", "1.1"] = CONTRACT_VERSION
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
    shot: ShotFacts
    verdict: VerdictDocument
    exception: AcceptedException | None = None
    operator: Identifier | None = Field(default=None, description="who was signed in at the tablet")
    source: Literal["camera", "album"] = "camera"
    unresolved: bool = Field(default=False, description="no roster knew the code: the platform says whose it is")
    corrections: list[ShortText] = Field(
        default_factory=list, max_length=20, description="fields of the shown record that the student says are wrong"
    )
    sealed_details: CompactJose | None = Field(
        default=None,
        description="JSON {fields: {id: answer}, phone: number or null}, JWE (typ student-details) to the sealing key",
    )
    phone_declined: bool = Field(default=False, description="no phone number given, at the student's own risk")
    payment: PaymentFacts | None = None
    face_match: FaceMatch | None = None
    replaces: UUID | None = Field(default=None, description="the refused or withdrawn capture this one is shot for")
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
