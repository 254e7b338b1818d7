"""One job, delivered: what each kind of row means, and what every failure means for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.ledger.errors import CaptureMissing, LedgerError
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, DeliveryKind
from appliance.ledger.vault import Kind
from appliance.outbox import receipts
from appliance.outbox.controls import Controls, Pace
from appliance.outbox.leases import Job, Leases
from appliance.outbox.metered import LinkCost
from appliance.outbox.progress import Progress
from appliance.outbox.tus import LARGEST_PIECE, Original, PieceSize, TusUploader
from appliance.platform.client import PlatformClient
from appliance.platform.digests import same_digest, sha256_hex
from appliance.platform.errors import (
    PartsMissing,
    PlatformError,
    PlatformRefused,
    PlatformUnreachable,
    ReceiptMismatch,
    StationRevoked,
)

_LEAST_PIECE = 16 * 1024
_PIECE_S = 4  # a limited upload sends pieces of so many seconds: well within a lease, and soon paused


class LeaseLost(RuntimeError):
    """Another process took the row over."""


class PutBack(RuntimeError):
    """The process ends, delivery was paused, or the link is metered now: the upload goes on later where it is."""


class FileChanged(ValueError):
    """A file on this station is not what its record says."""


class Remedy(StrEnum):
    """What a failure asks for."""

    WAIT_FOR_LINK = "wait-for-link"  # nobody answers: the row is not at fault
    TRY_LATER = "try-later"
    SEND_PARTS_AGAIN = "send-parts-again"
    HOLD_STATION = "hold-station"  # nothing of this station is taken: rows stay as they are
    PARK_IF_REPEATED = "park-if-repeated"  # a network can garble an answer once, hardly twice alike
    PARK = "park"
    PUT_BACK = "put-back"  # nothing failed
    LEAVE = "leave"  # somebody else has the row


_REMEDIES: tuple[tuple[tuple[type[Exception], ...], Remedy], ...] = (
    ((LeaseLost,), Remedy.LEAVE),
    ((PutBack,), Remedy.PUT_BACK),
    ((StationRevoked,), Remedy.HOLD_STATION),
    ((PartsMissing,), Remedy.SEND_PARTS_AGAIN),
    ((FileChanged, LedgerError), Remedy.PARK),
    ((PlatformRefused, ReceiptMismatch), Remedy.PARK_IF_REPEATED),
    ((PlatformUnreachable,), Remedy.WAIT_FOR_LINK),
    ((PlatformError, OSError), Remedy.TRY_LATER),
)


def remedy_for(error: Exception, last_error: str | None = None) -> Remedy:
    """Sort a failure; `last_error` is how the try before failed. One that nobody foresaw is tried later.

    (It must not stop what waits behind it.)
    """
    remedy = next((remedy for kinds, remedy in _REMEDIES if isinstance(error, kinds)), Remedy.TRY_LATER)
    if remedy is Remedy.PARK_IF_REPEATED:
        return Remedy.PARK if last_error == str(error) else Remedy.TRY_LATER
    return remedy


def is_foreseen(error: Exception) -> bool:
    """Whether a failure is one of those sorted by name; others are defects, and are logged with their trace."""
    return any(isinstance(error, kinds) for kinds, _ in _REMEDIES)


@dataclass(slots=True)
class Delivery:
    """Delivers leased rows over one client. `sent` hears how many bytes of originals arrived.

    An original on its way is put back after its piece when `stands_by` is true of what the operator set.
    """

    ledger: Ledger
    client: PlatformClient
    leases: Leases
    sent: Callable[[int], None]
    stopping: threading.Event
    cost: LinkCost
    stands_by: Callable[[Controls], bool]
    progress: Progress
    size: PieceSize = field(init=False)
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        """What is learnt while it runs."""
        self.size, self.pace = PieceSize(), Pace(self.stopping)

    def deliver(self, job: Job) -> None:
        """Bring one row to the platform and mark it done. Raises what `remedy_for` sorts."""
        with self.ledger.reading() as session:
            capture = session.get(CaptureRow, job.capture_id)
        if capture is None:
            raise CaptureMissing(f"capture {job.capture_id} is not in the ledger")
        match job.kind:
            case DeliveryKind.RECORD:
                self.client.put_record(job.capture_id, capture.record)
                self._done(job)
            case DeliveryKind.PHOTO:
                self.client.put_photo(job.capture_id, self._file(capture, "photo", capture.photo_sha256))
                self._done(job)
            case DeliveryKind.ORIGINAL:
                self._upload(job, capture)
                self._done(job)
            case DeliveryKind.RECEIPT:
                self._take_receipt(job, capture)

    def _file(self, capture: CaptureRow, kind: Kind, expected: str) -> bytes:
        data = self.ledger.vault.read(capture.capture_id, kind)
        found = sha256_hex(data)
        if not same_digest(found, expected):
            raise FileChanged(f"the {kind} on this station is {found}, its record says {expected}: check the disk")
        return data

    def _upload(self, job: Job, capture: CaptureRow) -> None:
        data = self._file(capture, "original", capture.original_sha256)
        allowed = Controls.of(self.ledger).limit
        self.size.ceiling = LARGEST_PIECE if allowed is None else max(_LEAST_PIECE, _PIECE_S * allowed)
        uploader = TusUploader(
            calls=self.client,
            began=lambda path: self._hold(job, path),
            moved=lambda offset, count: self._moved(job, capture.plan_id, offset, count),
            size=self.size,
        )
        self.progress.begin(job.capture_id, len(data))
        try:
            uploader.upload(Original(job.capture_id, data, capture.original_sha256), job.upload_url)
        finally:
            self.progress.end(job.capture_id)

    def _take_receipt(self, job: Job, capture: CaptureRow) -> None:
        receipt = self.client.receipt(job.capture_id)
        receipts.compare(receipt, capture)
        at = self.client.clock.now().isoformat(timespec="milliseconds")
        with self.ledger.session() as session:
            if not self.leases.done(session, job):
                raise LeaseLost(job.capture_id)
            receipts.keep(self.ledger, session, receipt, at)

    def _done(self, job: Job) -> None:
        with self.ledger.session() as session:
            if not self.leases.done(session, job):
                raise LeaseLost(job.capture_id)

    def _hold(self, job: Job, upload_url: str) -> None:
        if not self.leases.renew(job, upload_url=upload_url):
            raise LeaseLost(job.capture_id)

    def _moved(self, job: Job, plan_id: str, offset: int, count: int) -> None:
        """Between two pieces: say so, hold on, and do what the operator wants and the link allows."""
        self.sent(count)
        self.progress.moved(job.capture_id, offset, count)
        if not self.leases.renew(job):
            raise LeaseLost(job.capture_id)
        controls = Controls.of(self.ledger)
        self.pace.sent(count, controls.limit)
        held = self.cost.held()
        if self.stands_by(controls) or self.stopping.is_set() or held.every or plan_id in held.plans:
            raise PutBack(job.capture_id)
