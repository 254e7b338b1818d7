"""The documents station and platform exchange, as pydantic models: the contract's single source.

`openapi.json` beside this package is generated from these models and the reference platform's routes; a test holds them
equal. What the platform reads forbids unknown fields (a misspelt one must not vanish); what the station reads ignores them
(a newer platform may say more). Times are RFC 3339 with an offset; digests are lower-case hex SHA-256.
"""

from .base import CONTRACT_VERSION, Answered, LocalText, Part, Problem, Sent, VerificationMethod
from .capture import (
    AcceptedException,
    CapturedFile,
    CaptureRecord,
    CaptureState,
    ConsentGiven,
    Receipt,
    RuleOutcome,
    ShotFacts,
    SignedReceipt,
    StationFacts,
    VerdictDocument,
    VerificationDone,
)
from .roster import ConsentText, ElsewhereEntry, MaskedIdentity, Plan, RosterDocument, RosterEntry, RosterPage
from .station import Enrolment, EnrolmentRequest, EventPage, Heartbeat, HeartbeatAnswer, Jwk, StationEvent, StationJwk

__all__ = [
    "CONTRACT_VERSION",
    "AcceptedException",
    "Answered",
    "CaptureRecord",
    "CaptureState",
    "CapturedFile",
    "ConsentGiven",
    "ConsentText",
    "ElsewhereEntry",
    "Enrolment",
    "EnrolmentRequest",
    "EventPage",
    "Heartbeat",
    "HeartbeatAnswer",
    "Jwk",
    "LocalText",
    "MaskedIdentity",
    "Part",
    "Plan",
    "Problem",
    "Receipt",
    "RosterDocument",
    "RosterEntry",
    "RosterPage",
    "RuleOutcome",
    "Sent",
    "ShotFacts",
    "SignedReceipt",
    "StationEvent",
    "StationFacts",
    "StationJwk",
    "VerdictDocument",
    "VerificationDone",
    "VerificationMethod",
]
