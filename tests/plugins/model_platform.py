"""The platform's side of the contract as a model in memory, so that thousands of schedules fit into seconds.

`faults` strike the coming calls, one each: the request or the answer is lost, the station's process dies before or after the
platform acted, the platform is busy, refuses, revokes, or comes back from a backup; another worker gets its turn in the middle.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from appliance.platform.clock import PlatformClock
from appliance.platform.contract import (
    EventPage,
    Heartbeat,
    LocalText,
    Problem,
    RefusalReason,
    Review,
    SignedReceipt,
    StationEvent,
)
from appliance.platform.errors import (
    OffsetMismatch,
    PartsMissing,
    PlatformBusy,
    PlatformRefused,
    PlatformUnreachable,
    StationRevoked,
    UploadLost,
)

BEFORE = ("request lost", "died before", "busy", "too many", "refused", "revoked", "backup", "raced", "overtaken")
AFTER = ("answer lost", "died after")
FAULTS = (*BEFORE, *AFTER)
_LOCKED = {"accepted": "locked", "refused": "already-refused"}
_RETRY_AFTER_S = 90.0


class Died(BaseException):
    """SIGKILL of the delivery process, at this very call."""


@dataclass
class Stored:
    """What the platform's model holds of one capture."""

    record: bytes
    photo: bytes | None = None
    original: bytes | None = None
    receipt_id: str | None = None
    reviews: list[Review] = field(default_factory=list)

    @property
    def review_state(self) -> str:
        return self.reviews[-1].state if self.reviews else "reviewing"


@dataclass
class ModelPlatform:
    """What `PlatformClient` offers to the delivery process. `meanwhile` lets another worker act in the middle of a call."""

    meanwhile: Callable[[str], None] = lambda _: None
    faults: list[str] = field(default_factory=list)
    captures: dict[str, Stored] = field(default_factory=dict)
    uploads: dict[str, tuple[str, bytearray, int]] = field(default_factory=dict)
    events_told: list[StationEvent] = field(default_factory=list)
    clock: PlatformClock = field(default_factory=PlatformClock)
    identity: Any = None  # only rosters would need one, and there are none

    def _call(self, work: Callable[[], Any]) -> Any:
        fault = self.faults.pop(0) if self.faults else "none"
        match fault:
            case "request lost":
                raise PlatformUnreachable("ConnectError")
            case "died before":
                raise Died
            case "busy":
                raise PlatformBusy("503", 0.0)
            case "too many":
                raise PlatformBusy("429", _RETRY_AFTER_S)
            case "refused":
                raise PlatformRefused(problem("body-unreadable", 422))
            case "revoked":
                raise StationRevoked(problem("revoked", 403))
            case "raced" | "overtaken":
                self.meanwhile(fault)
            case "backup":
                self.captures = {name: kept for name, kept in self.captures.items() if kept.receipt_id}
                self.uploads.clear()
        answer = work()
        if fault == "answer lost":
            raise PlatformUnreachable("ReadTimeout")
        if fault == "died after":
            raise Died
        return answer

    # --- the way there -----------------------------------------------------------------------------------------------

    def put_record(self, capture_id: str, record: bytes) -> None:
        def work() -> None:
            kept = self.captures.setdefault(capture_id, Stored(record))
            if kept.record != record:
                raise PlatformRefused(problem("other-record", 409))

        self._call(work)

    def put_photo(self, capture_id: str, jpeg: bytes) -> None:
        def work() -> None:
            self._known(capture_id).photo = jpeg

        self._call(work)

    def create_upload(self, capture_id: str, length: int, sha256: str) -> str:
        def work() -> str:
            self._known(capture_id)
            path = f"/v1/uploads/{uuid.uuid4()}"
            self.uploads[path] = (capture_id, bytearray(), length)
            return path

        return str(self._call(work))

    def upload_offset(self, path: str) -> int:
        return int(self._call(lambda: len(self._upload(path)[1])))

    def append(self, path: str, offset: int, piece: bytes) -> int:
        def work() -> int:
            capture_id, data, length = self._upload(path)
            if offset != len(data):
                raise OffsetMismatch("409")
            data += piece
            if len(data) == length:
                self._known(capture_id).original = bytes(data)
            return len(data)

        return int(self._call(work))

    def receipt(self, capture_id: str) -> SignedReceipt:
        def work() -> SignedReceipt:
            kept = self._known(capture_id)
            missing = [part for part in ("photo", "original") if getattr(kept, part) is None]
            if missing:
                raise PartsMissing("409", missing)
            kept.receipt_id = kept.receipt_id or f"rc-{uuid.uuid4().hex}"
            digests = {
                f"{part}_sha256": hashlib.sha256(getattr(kept, part)).hexdigest()
                for part in ("record", "photo", "original")
            }
            return SignedReceipt(
                receipt_id=kept.receipt_id,
                capture_id=uuid.UUID(capture_id),
                station_id="st-1",
                stored_at=datetime.now(UTC),
                jws="a.b.c",
                **digests,
            )

        answer = self._call(work)
        assert isinstance(answer, SignedReceipt)
        return answer

    # --- the way back ------------------------------------------------------------------------------------------------

    def decide(self, capture_id: str, state: Literal["accepted", "refused"]) -> None:
        """A reviewer decides, or decides anew; what was taken back stays so."""
        if self.captures[capture_id].review_state != "withdrawn":
            self._review(capture_id, state)

    def rosters(self, cursor: str = "") -> None:
        self._call(lambda: None)

    def heartbeat(self, heartbeat: Heartbeat) -> None:
        self._call(lambda: None)

    def events(self, after: str = "", wait_s: float = 0.0) -> EventPage:
        def work() -> EventPage:
            events = self.events_told[int(after or 0) :][:5]
            return EventPage(events=events, cursor=events[-1].cursor if events else after)

        answer = self._call(work)
        assert isinstance(answer, EventPage)
        return answer

    def review(self, capture_id: str) -> Review:
        answer = self._call(lambda: self._known(capture_id).reviews[-1])
        assert isinstance(answer, Review)
        return answer

    def withdraw(self, capture_id: str, reason: str) -> Review:
        def work() -> Review:
            kept = self._known(capture_id)
            if kept.review_state in _LOCKED:
                raise PlatformRefused(problem(_LOCKED[kept.review_state], 409))
            return kept.reviews[-1] if kept.review_state == "withdrawn" else self._review(capture_id, "withdrawn")

        answer = self._call(work)
        assert isinstance(answer, Review)
        return answer

    # -----------------------------------------------------------------------------------------------------------------

    def _review(self, capture_id: str, state: Literal["accepted", "refused", "withdrawn"]) -> Review:
        kept = self.captures[capture_id]
        reasons = [RefusalReason(rule="mouth.closed", message=LocalText(zh="请闭嘴", en="close the mouth"))]
        review = Review(
            capture_id=uuid.UUID(capture_id),
            serial=len(kept.reviews) + 1,
            state=state,
            reasons=reasons if state == "refused" else [],
            at=datetime.now(UTC),
        )
        kept.reviews.append(review)
        number = len(self.events_told) + 1
        self.events_told.append(
            StationEvent.model_validate(
                {
                    "id": str(uuid.uuid4()),
                    "cursor": str(number),
                    "kind": "review",
                    "at": datetime.now(UTC),
                    "data": review.model_dump(mode="json"),
                }
            )
        )
        return review

    def _known(self, capture_id: str) -> Stored:
        if capture_id not in self.captures:
            raise PartsMissing("404", ["record"])
        return self.captures[capture_id]

    def _upload(self, path: str) -> tuple[str, bytearray, int]:
        if path not in self.uploads or self.uploads[path][0] not in self.captures:
            raise UploadLost("404")
        return self.uploads[path]


def problem(code: str, status: int) -> Problem:
    text = LocalText(zh="拒绝", en="refused")
    return Problem(type=f"urn:{code}", title=code, status=status, detail="d", code=code, message=text)
