"""What can be refused during a visit, in words for operator and student; the tree is in the package's docstring."""

from __future__ import annotations

from typing import Any, ClassVar

from appliance.portrait.measurement import Message


class VisitError(RuntimeError):
    """A step was refused. `code` is for machines, `message` for people, `extra` holds the figures."""

    code: ClassVar[str] = "visit-error"

    def __init__(self, zh: str, en: str, **extra: Any) -> None:
        super().__init__(en)
        self.message = Message(zh=zh, en=en)
        self.extra: dict[str, Any] = extra


class VisitInProgress(VisitError):
    """Another visit is not finished."""

    code = "visit-in-progress"


class NotNow(VisitError):
    """The present state does not allow the step."""

    code = "not-now"


class Stopped(VisitError):
    """The platform stopped this station: it serves nobody new."""

    code = "station-stopped"


class ShutterBusy(VisitError):
    """A shot is being taken."""

    code = "shutter-busy"


class UnknownCode(VisitError, LookupError):
    """No student of the plan has this code."""

    code = "unknown-code"


class OtherPlan(VisitError):
    """The code belongs to another plan."""

    code = "other-plan"


class UnreadableCode(VisitError, ValueError):
    """A picture or scan without a readable code."""

    code = "unreadable-code"


class NoPlan(VisitError):
    """The station has no valid roster."""

    code = "no-plan"


class PlanUnusable(NoPlan):
    """This station cannot honour the plan; names the keys."""

    code = "plan-unusable"


class NoSuchPlan(VisitError, LookupError):
    """No plan with this id on the station."""

    code = "no-such-plan"


class WrongAnswer(VisitError, ValueError):
    """The answer does not match the record."""

    code = "wrong-answer"


class TriesExhausted(VisitError):
    """Too many wrong answers for this code."""

    code = "tries-exhausted"


class ConsentMissing(VisitError, ValueError):
    """Record or consent was not confirmed."""

    code = "consent-missing"


class ShotMissing(VisitError, LookupError):
    """Not the shot that was judged last."""

    code = "shot-missing"


class NotAcceptable(VisitError):
    """A refused photo needs a reason to be accepted as an exception."""

    code = "not-acceptable"


class ExceptionUnknown(VisitError, ValueError):
    """A reason that is not on the list."""

    code = "exception-unknown"


class StorageFailed(VisitError, OSError):
    """The capture could not be made durable."""

    code = "storage-failed"


class Locked(VisitError):
    """The platform has decided on a capture: nothing about it can be taken back any more."""

    code = "locked"


class NotDelivered(VisitError):
    """A capture that the platform has not got cannot be erased without saying so."""

    code = "not-delivered"


class InvalidDetails(VisitError, ValueError):
    """Answers of the student need another look; `fields` names each with its message."""

    code = "invalid-details"


class PaymentRefused(VisitError):
    """This way of settling the fee is not open now."""

    code = "payment-refused"


class PaymentOffline(VisitError, ConnectionError):
    """The platform did not answer about an order."""

    code = "payment-offline"


class VoucherInvalid(VisitError, ValueError):
    """Not a voucher's number, or one that was used."""

    code = "invalid-voucher"


class AlbumNotAllowed(VisitError):
    """The plan takes no photos from the album."""

    code = "album-not-allowed"


class PictureUnsupported(VisitError, ValueError):
    """Not a kind of picture file that is taken."""

    code = "unsupported-picture"


class PictureUnreadable(VisitError, ValueError):
    """A picture file that is damaged, too large or of a kind that cannot be judged."""

    code = "unreadable-picture"


class UnreadableCard(VisitError, ValueError):
    """No ID card could be read in the picture; the message says what to do."""

    code = "unreadable-card"


class CannotVerify(VisitError, LookupError):
    """The roster holds no answer of the kind that the plan asks for."""

    code = "cannot-verify"


class FaceUndecided(VisitError):
    """The likeness to the ID card lies where the operator decides."""

    code = "face-undecided"


class FaceDiffers(VisitError):
    """The photo does not look like the person on the ID card."""

    code = "face-differs"
