"""What an answer means: documents are read, refusals become the exception that says what to do about them.

An answer that does not look like the platform's, a login page of the gym's Wi-Fi for instance, counts as no answer.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, TypeVar

import httpx2
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ValidationError

from .contract import LocalText, Problem, Receipt, SignedReceipt
from .documents import RECEIPT_TYPE, DocumentError, verify_document
from .errors import (
    ClockSkewed,
    OffsetMismatch,
    PartsMissing,
    PlatformBusy,
    PlatformError,
    PlatformRefused,
    PlatformUnreachable,
    ReceiptMismatch,
    StationRevoked,
    UploadLost,
)

Document = TypeVar("Document", bound=BaseModel)

_SHA256 = re.compile(r"\bsha-256=:([A-Za-z0-9+/=]{44}):")
_PASSING = {408, 425, 429}
_CHANGED_ON_THE_WAY = {"wrong-digest", "checksum-mismatch"}  # the station checks its own files before it sends them
_LOST = {"unknown-upload", "upload-gone"}
_STATION_STOPPED = {"revoked", "unknown-station"}
_WRONG_ADDRESS = {"not-found", "method-not-allowed", "tus-version"}  # says nothing about what was sent
_TOO_LARGE = 413
_LONGEST_RETRY_AFTER_S = 24 * 3600.0


def read(response: httpx2.Response, model: type[Document]) -> Document:
    """The document of a successful answer. Raises `PlatformError`."""
    check(response)
    try:
        return model.model_validate_json(response.content)
    except ValidationError as error:
        raise PlatformUnreachable(_not_the_platform(response)) from error


def check(response: httpx2.Response) -> None:
    """Raise the `PlatformError` an unsuccessful answer means; redirects are no success."""
    if response.is_success:
        return
    problem = _problem(response)
    if problem is not None:
        raise _by_code(problem, response)
    if response.status_code in _PASSING or response.is_server_error:
        raise PlatformBusy(f"the platform answered {response.status_code}", retry_after(response))
    if response.status_code == _TOO_LARGE:  # from whatever stands before the platform: no later try will fit
        raise PlatformRefused(_own_problem(response, "too-large"))
    raise PlatformUnreachable(_not_the_platform(response))


def statement_in(response: httpx2.Response, name: Literal["statement", "hold"] = "statement") -> str | None:
    """The signed word that a refusal carries under `name`, not yet verified; None where it carries none."""
    problem = _problem(response)
    found = None if problem is None else (problem.model_extra or {}).get(name)
    return found if isinstance(found, str) else None


def check_digest(response: httpx2.Response) -> None:
    """Raise `PlatformUnreachable` for a body that is not the one its `Content-Digest` (RFC 9530) names; without one it is taken.

    So is one that something on the way compressed (`Content-Encoding`): the platform's digest is of what it was before.
    """
    if "content-encoding" in response.headers:
        return
    named = _SHA256.search(response.headers.get("content-digest", ""))
    if named is not None and named[1] != base64.b64encode(hashlib.sha256(response.content).digest()).decode():
        raise PlatformUnreachable("the answer was changed on the way: its body is not the one its digest names")


def verified_receipt(token: str, keys: Iterable[OKPKey], station_id: str) -> SignedReceipt:
    """A receipt whose signature holds, for this station. One that is forged counts as no answer (`PlatformUnreachable`).

    Raises `ReceiptMismatch` for another station's.
    """
    try:
        receipt = Receipt.model_validate_json(verify_document(token, keys, RECEIPT_TYPE))
    except (DocumentError, ValidationError) as error:
        raise PlatformUnreachable(f"the receipt is not the platform's: {error}") from error
    if receipt.station_id != station_id:
        raise ReceiptMismatch(f"the receipt is for station {receipt.station_id}, this is {station_id}")
    return SignedReceipt(**receipt.model_dump(), jws=token)


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds the platform asks to wait (`Retry-After`, as seconds or date), at most a day; None when it does not say."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return min(float(value), _LONGEST_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(value)
        since = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    if until.tzinfo is None or since.tzinfo is None:
        until, since = until.replace(tzinfo=UTC), since.replace(tzinfo=UTC)
    return min(max((until - since).total_seconds(), 0.0), _LONGEST_RETRY_AFTER_S)


def _by_code(problem: Problem, response: httpx2.Response) -> PlatformError:
    text = f"{problem.status} {problem.code}: {problem.detail}"
    extra = problem.model_extra or {}
    error: PlatformError = PlatformRefused(problem)
    if problem.code in _STATION_STOPPED:
        error = StationRevoked(problem)
    elif problem.code in _WRONG_ADDRESS:
        error = PlatformUnreachable(f"{text}; is the platform's address right?")
    elif problem.code in _LOST:
        error = UploadLost(text)
    elif problem.code == "wrong-offset":
        error = OffsetMismatch(text)
    elif isinstance(extra.get("missing"), list):
        error = PartsMissing(text, [str(part) for part in extra["missing"]])
    elif response.status_code == httpx2.codes.UNAUTHORIZED:
        error = ClockSkewed(text)
    elif problem.code in _CHANGED_ON_THE_WAY or response.status_code in _PASSING or response.is_server_error:
        error = PlatformBusy(text, retry_after(response))
    return error


def _problem(response: httpx2.Response) -> Problem | None:
    if response.headers.get("content-type", "").split(";")[0].strip() != "application/problem+json":
        return None
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return None


def _own_problem(response: httpx2.Response, code: str) -> Problem:
    return Problem(
        type="about:blank",
        title=response.reason_phrase,
        status=response.status_code,
        detail=f"refused before it reached the platform, at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        code=code,
        message=LocalText(zh="内容过大，被网络中途拒绝。", en="Too large for something between station and platform."),
    )


def _not_the_platform(response: httpx2.Response) -> str:
    kind = response.headers.get("content-type", "no type")
    return (
        f"the answer {response.status_code} ({kind}) is not the platform's: "
        "a login page of this network, or a wrong address? Open a web page on this network, and check the address"
    )
