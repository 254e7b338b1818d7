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
    FaceMatch,
    Receipt,
    RuleOutcome,
    ShotFacts,
    SignedReceipt,
    StationFacts,
    VerdictDocument,
    VerificationDone,
)
from .order import Order, OrderRequest, OrderState, PaymentFacts
from .plan import Choice, ConsentText, CustomerService, ExtraField, Fee, HelpEntry, Plan, PrintLayout
from .review import ProblemReport, RefusalReason, ReportReceived, Review, ReviewState, Withdrawal, WithdrawalReason
from .roster import ElsewhereEntry, MaskedIdentity, RosterDocument, RosterEntry, RosterPage
from .station import (
    Enrolment,
    EnrolmentRequest,
    EventPage,
    Heartbeat,
    HeartbeatAnswer,
    Jwk,
    Revocation,
    StationEvent,
    StationJwk,
)

__all__ = [
    "CONTRACT_VERSION",
    "AcceptedException",
    "Answered",
    "CaptureRecord",
    "CaptureState",
    "CapturedFile",
    "Choice",
    "ConsentGiven",
    "ConsentText",
    "CustomerService",
    "ElsewhereEntry",
    "Enrolment",
    "EnrolmentRequest",
    "EventPage",
    "ExtraField",
    "FaceMatch",
    "Fee",
    "Heartbeat",
    "HeartbeatAnswer",
    "HelpEntry",
    "Jwk",
    "LocalText",
    "MaskedIdentity",
    "Order",
    "OrderRequest",
    "OrderState",
    "Part",
    "PaymentFacts",
    "Plan",
    "PrintLayout",
    "Problem",
    "ProblemReport",
    "Receipt",
    "RefusalReason",
    "ReportReceived",
    "Review",
    "ReviewState",
    "Revocation",
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
    "Withdrawal",
    "WithdrawalReason",
]
