"""What can go wrong between station and platform, sorted by what the station does about it.

PlatformError(RuntimeError)
├── PlatformUnreachable(ConnectionError)   no network, no name, timeout, broken answer: try again later
├── PlatformBusy(ConnectionError)          408, 425, 429, 5xx: try again later, not before `retry_after`
├── ClockSkewed(ConnectionError)           401 for the time of the signature even after learning it: try again later
├── UploadLost(LookupError)                404, 410 of an upload: begin it again
├── OffsetMismatch(ValueError)             409 of an upload: ask for the offset again
├── PartsMissing(LookupError)              the platform lacks earlier parts of a capture: send those again
├── PlatformRefused(ValueError)            other 4xx: trying the same again is useless, a person must look
│   └── StationRevoked(PermissionError)    403: this station may no longer deliver
└── ReceiptMismatch(ValueError)            the platform's signed receipt does not carry what was sent
"""

from __future__ import annotations

from collections.abc import Sequence

from .contract import Problem


class PlatformError(RuntimeError):
    """Something between station and platform failed; the message says what and what to do."""


class PlatformUnreachable(PlatformError, ConnectionError):
    """No answer, or one that broke off: network, name, TLS, timeout."""


class PlatformBusy(PlatformError, ConnectionError):
    """The platform asks to come again later; `retry_after` in seconds when it says when."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ClockSkewed(PlatformError, ConnectionError):
    """The signature's time is refused even with the clock offset just learnt."""


class UploadLost(PlatformError, LookupError):
    """The platform no longer knows this upload; it is begun again from nothing."""


class OffsetMismatch(PlatformError, ValueError):
    """The upload stands elsewhere than the station believed."""


class PartsMissing(PlatformError, LookupError):
    """The platform lacks `missing` parts of this capture, which were sent before: it lost them."""

    def __init__(self, message: str, missing: Sequence[str]) -> None:
        super().__init__(message)
        self.missing = tuple(missing)


class PlatformRefused(PlatformError, ValueError):
    """The platform refuses for good; `problem` carries its reasons."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.code}: {problem.detail}（{problem.message.zh}）")
        self.problem = problem

    @property
    def code(self) -> str:
        """Stable name of the refusal, for programs."""
        return self.problem.code


class StationRevoked(PlatformRefused, PermissionError):
    """The platform no longer takes anything from this station; it must be enrolled again."""


class ReceiptMismatch(PlatformError, ValueError):
    """The platform's receipt is of another capture, or names other digests than the station holds."""
