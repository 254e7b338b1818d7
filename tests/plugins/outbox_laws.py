"""What must hold of a station's outbox at every moment, whatever happened to it, and what must be true in the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from model_platform import ModelPlatform
from platform_fixtures import MadeCapture
from sqlmodel import col, select
from station_clocks import StationClocks

from appliance.ledger import journal
from appliance.ledger.store import Ledger
from appliance.ledger.tables import (
    CaptureRow,
    DeliveryKind,
    DeliveryState,
    ErrandRow,
    JournalRow,
    OutboxRow,
    ReviewRow,
)
from appliance.outbox.leases import Job, Leases
from appliance.outbox.metered import NOTHING_HELD, Held

_DAY_S = 86_400.0
_OPEN = (DeliveryState.PENDING, DeliveryState.LEASED)


@dataclass(frozen=True, slots=True)
class Holding:
    """A lease as it was given."""

    owner: str
    boot: str
    until: float


@dataclass
class OutboxLaws:
    """Watches one ledger and the model of its platform. `at_work` names the workers in the middle of a step, innermost last."""

    ledger: Ledger
    platform: ModelPlatform
    clocks: StationClocks
    accepted: dict[str, MadeCapture] = field(default_factory=dict)
    withdrawals: dict[str, str] = field(default_factory=dict)
    receipted_at: dict[str, float] = field(default_factory=dict)
    known_parked: set[int] = field(default_factory=set)
    at_work: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # within a step, where a worker would take it for a failed delivery
    _holdings: dict[int, Holding] = field(default_factory=dict)

    # --- taking rows -------------------------------------------------------------------------------------------------

    def watch(self, leases: Leases) -> None:
        """Hold every lease that is given against the order of delivery and the leases of others."""
        take = leases.take

        def watched(held: Held = NOTHING_HELD) -> Job | None:
            job = take(held)
            if job is not None:
                self._may_be_held(job, leases.owner)
                self._is_in_order(job)
            return job

        leases.take = watched  # type: ignore[method-assign]

    def gave_back(self, owner: str) -> None:
        """Its step is over."""
        self._holdings = {row: kept for row, kept in self._holdings.items() if kept.owner != owner}

    def _may_be_held(self, job: Job, owner: str) -> None:
        before, now = self._holdings.get(job.row_id), self.clocks.boot_clock()
        if before is not None and before.boot == self.clocks.boot and before.until > now and before.owner != owner:
            self.broken.append(f"row {job.row_id} is held by {before.owner}, and was given to {owner}")
        self._holdings[job.row_id] = Holding(owner, self.clocks.boot, now + 60.0)

    def _is_in_order(self, job: Job) -> None:
        rank = list(DeliveryKind).index(job.kind)
        with self.ledger.reading() as session:
            captures = {row.capture_id: row for row in session.exec(select(CaptureRow))}
            rows = session.exec(select(OutboxRow)).all()
        this = captures[job.capture_id]
        for row in rows:
            other, before = captures[row.capture_id], list(DeliveryKind).index(row.kind) - rank
            if row.capture_id == job.capture_id:
                if before < 0 and row.state is not DeliveryState.DONE:
                    self.broken.append(f"{job.kind} before its capture's {row.kind}")
                continue
            earlier = other.code_digest == this.code_digest and other.sequence < this.sequence
            if earlier and before <= 0 and row.kind is not DeliveryKind.RECEIPT and row.state in _OPEN:
                self.broken.append(f"{job.kind} of a retake before the student's earlier {row.kind}")

    # --- at every moment ---------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Assert every law."""
        assert self.broken == []
        self._platform_holds_what_was_accepted()
        self._receipts_mean_everything_is_there()
        self._parked_rows_stay_until_somebody_looks()
        self._news_is_applied_once_and_in_order()
        self._nothing_is_erased_early()

    def parked(self) -> set[int]:
        """Rows put aside."""
        with self.ledger.reading() as session:
            found = session.exec(select(OutboxRow.id).where(OutboxRow.state == DeliveryState.PARKED))
            return {row for row in found if row is not None}

    def erased(self) -> set[str]:
        """Accepted captures that are not here any more."""
        with self.ledger.reading() as session:
            return set(self.accepted) - set(session.exec(select(CaptureRow.capture_id)))

    def _platform_holds_what_was_accepted(self) -> None:
        for name, kept in self.platform.captures.items():
            made = self.accepted[name]
            assert kept.record == made.record
            assert kept.photo in (None, made.photo)
            assert kept.original in (None, made.original)

    def _receipts_mean_everything_is_there(self) -> None:
        with self.ledger.reading() as session:
            receipted = session.exec(select(CaptureRow.capture_id).where(col(CaptureRow.receipt).is_not(None))).all()
        for name in receipted:
            kept, made = self.platform.captures[name], self.accepted[name]
            assert (kept.record, kept.photo, kept.original) == (made.record, made.photo, made.original)
            self.receipted_at.setdefault(name, self.clocks.truth)
        counts = Counter(body["capture_id"] for body in self._journaled("capture.receipted"))
        assert all(count == 1 for count in counts.values()), "a receipt was taken twice"

    def _parked_rows_stay_until_somebody_looks(self) -> None:
        now = self.parked()
        assert self.known_parked <= now, "a parked row moved by itself"
        self.known_parked = now
        with self.ledger.reading() as session:
            reasons = session.exec(select(OutboxRow.last_error).where(OutboxRow.state == DeliveryState.PARKED))
            assert all(reasons), "a row was put aside without a reason"

    def _news_is_applied_once_and_in_order(self) -> None:
        serials: dict[str, int] = {}
        for body in self._journaled("review.received"):
            assert body["serial"] > serials.get(body["capture"], 0), "old or repeated news of a review was taken"
            serials[body["capture"]] = body["serial"]
        with self.ledger.reading() as session:
            for row in session.exec(select(ReviewRow)):
                said = self.platform.captures[row.capture_id].reviews[row.serial - 1]
                assert (row.state, row.serial) == (said.state, serials[row.capture_id])
        asked = Counter(self.withdrawals.values())
        ends = ("withdrawal.done", "withdrawal.too-late")
        answered = Counter(body["capture"] for event in ends for body in self._journaled(event))
        assert answered <= asked, "a withdrawal was answered twice"

    def _nothing_is_erased_early(self) -> None:
        for name in self.erased():
            assert self.clocks.truth - self.receipted_at[name] >= _DAY_S, f"{name} was erased before its day was over"

    def _journaled(self, event: str) -> Iterator[dict[str, object]]:
        with self.ledger.reading() as session:
            found = session.exec(select(JournalRow.body).where(JournalRow.event == event).order_by(col(JournalRow.seq)))
            return iter([json.loads(body) for body in found])

    # --- in the end --------------------------------------------------------------------------------------------------

    def all_arrived(self) -> None:
        """Assert that nothing was lost: not a capture, not an answer, not a student's wish."""
        erased = self.erased()
        with self.ledger.reading() as session:
            states = set(session.exec(select(OutboxRow.state)))
            receipts = {row.capture_id for row in session.exec(select(CaptureRow)) if row.receipt is not None}
            reviews = {row.capture_id: row.serial for row in session.exec(select(ReviewRow))}
            waiting = session.exec(select(ErrandRow).where(ErrandRow.state == DeliveryState.PENDING)).all()
        assert states <= {DeliveryState.DONE}
        assert receipts | erased == set(self.accepted) == set(self.platform.captures)
        assert waiting == []
        for name in set(self.accepted) - erased:
            said = self.platform.captures[name].reviews
            assert reviews.get(name, 0) == (said[-1].serial if said else 0), "an answer did not come back"
            for kind in ("photo", "original"):
                assert self.ledger.vault.read(name, kind) == getattr(self.accepted[name], kind)  # type: ignore[arg-type]
        with self.ledger.reading() as session:
            assert journal.verify(session, self.ledger.keys.signing.public_key()) >= len(self.accepted)
