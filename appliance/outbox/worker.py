"""The delivery loop: take a row, deliver it, settle it; wait when there is nothing to do or nobody answers.

Two kinds of waiting. A row that failed by its own fault waits by itself (`ROW`). When the platform does not answer at all,
everything waits (`LINK`), rows keep their turn, and the oldest goes first once it is back. News in the ledger (a student's
photo was accepted, an operator tapped “retry”) ends that wait early, but never sooner than the platform asked for.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from appliance.ledger.boot import boot_clock
from appliance.ledger.changes import Changes
from appliance.ledger.store import Ledger
from appliance.ledger.tables import DeliveryKind
from appliance.outbox.backoff import Backoff
from appliance.outbox.bell import Bell
from appliance.outbox.controls import Controls, is_paused
from appliance.outbox.delivery import Delivery, Remedy, is_foreseen, remedy_for
from appliance.outbox.leases import URGENCY, Job, Leases
from appliance.outbox.link import Link
from appliance.outbox.metered import LOOK_S as COST_LOOK_S
from appliance.outbox.metered import LinkCost
from appliance.outbox.progress import Progress
from appliance.platform.client import PlatformClient
from appliance.platform.errors import PartsMissing, PlatformBusy

log = logging.getLogger(__name__)

ROW = Backoff(base_s=2.0, cap_s=900.0)
LINK = Backoff(base_s=1.0, cap_s=60.0)
HOLD = Backoff(base_s=30.0, cap_s=300.0)  # a revoked station asks again now and then, in case it was a mistake
LOOK_S = 0.2
PROBE_S = 2.0  # news ends a wait for the link only so long after its last try


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each kind of failure waits."""

    row: Backoff = ROW
    link: Backoff = LINK
    hold: Backoff = HOLD


class OutboxWorker:
    """Runs once, in one thread, until `stopping` is set. `fresh` is asked while it waits: False stops it (new identity).

    It delivers rows of `kinds`: one worker for what is small and some for originals keep a record from waiting behind an upload
    of minutes, and the link busy while the platform settles something. At rest it looks at the ledger every `look_s`, or when
    the `bell` rings, as it does after each delivery.
    While `stands_by` is true of what the operator set it takes nothing, and puts an original on its way back after its piece.
    """

    def __init__(
        self,
        ledger: Ledger,
        client: PlatformClient,
        link: Link,
        stopping: threading.Event,
        *,
        waits: Waits | None = None,
        fresh: Callable[[], bool] = lambda: True,
        cost: LinkCost | None = None,
        kinds: tuple[DeliveryKind, ...] = URGENCY,
        look_s: float = LOOK_S,
        stands_by: Callable[[Controls], bool] = is_paused,
        progress: Progress | None = None,
        bell: Bell | None = None,
    ) -> None:
        self._client = client
        self._link = link
        self._stopping = stopping
        self._waits = waits or Waits()
        self._fresh = fresh
        self._look_s = look_s
        self._leases = Leases(ledger, kinds=kinds)
        self._changes = Changes(ledger.engine)
        self._cost = cost or LinkCost(ledger)
        self._stands_by = stands_by
        self._bell = bell
        self._wait = stopping.wait if bell is None else bell.listener()
        self._delivery = Delivery(
            ledger,
            client,
            self._leases,
            link.sent,
            stopping,
            self._cost,
            stands_by=stands_by,
            progress=progress or Progress(ledger.data_dir),
        )
        self._ledger = ledger
        self._failures = 0
        self._silent_until = 0.0

    def run(self) -> None:
        """Deliver until stopped; then waits for `stopping` where the station's identity changed."""
        try:
            while not self._stopping.is_set() and self._fresh():
                if self._stands_by(Controls.of(self._ledger)):
                    self._rest(None)  # what ends it is a change of the ledger; rows that are due do not
                elif not self.step():
                    held = self._cost.held()
                    due = self._leases.next_due_s(held)
                    self._rest(min(due or COST_LOOK_S, COST_LOOK_S) if held else due)
        finally:
            self._leases.release()
            self._changes.close()
        self._stopping.wait()

    def step(self) -> bool:
        """Try one row; False when there was none to try, or delivery is paused."""
        job = None if self._stands_by(Controls.of(self._ledger)) else self._leases.take(self._cost.held())
        if job is None:
            return False
        try:
            self._delivery.deliver(job)
        except Exception as error:
            self._settle(job, error, remedy_for(error, job.last_error))
        else:
            self._failures = 0
            self._link.answered(self._client.clock.now().isoformat(timespec="seconds"))
            if self._bell is not None:
                self._bell.ring()
            log.info("delivered kind=%s capture=%s", job.kind, job.capture_id)
        return True

    def _settle(self, job: Job, error: Exception, remedy: Remedy) -> None:
        text = str(error) or type(error).__name__
        trace = None if is_foreseen(error) else error
        log.warning("not delivered kind=%s capture=%s (%s): %s", job.kind, job.capture_id, remedy, text, exc_info=trace)
        retry_after = error.retry_after if isinstance(error, PlatformBusy) else None
        match remedy:
            case Remedy.LEAVE:
                return
            case Remedy.PUT_BACK:
                self._leases.put_back(job)
                return
            case Remedy.PARK | Remedy.PARK_IF_REPEATED:
                self._leases.park(job, text)
                return
            case Remedy.SEND_PARTS_AGAIN:
                self._leases.later(job, self._waits.row.delay(job.attempts), text)
                self._leases.reopen(job, error.missing if isinstance(error, PartsMissing) else ())
                return
            case Remedy.TRY_LATER:
                self._leases.later(job, self._waits.row.delay(job.attempts + 1, retry_after), text)
                self._link.answered(self._client.clock.now().isoformat(timespec="seconds"), error=text)
                wait = self._waits.link
            case Remedy.HOLD_STATION:
                self._leases.later(job, 0.0, text, counted=False)
                self._link.answered(self._client.clock.now().isoformat(timespec="seconds"), error=text)
                wait = self._waits.hold
            case Remedy.WAIT_FOR_LINK:
                self._leases.later(job, 0.0, text, counted=False)
                self._link.failed(text)
                wait = self._waits.link
        self._failures += 1
        self._silent_until = boot_clock() + (retry_after or 0.0)
        self._pause(wait.delay(self._failures, retry_after))

    def _pause(self, seconds: float) -> None:
        """The link's own wait; news ends it after `PROBE_S`, but not before the platform's `Retry-After`."""
        self._changes.since_last()
        before, begun, news = self._leases.fresh_rows(), boot_clock(), False
        while not self._stopping.is_set() and self._fresh():
            waited = boot_clock() - begun
            if not news and self._changes.since_last():  # most changes are no news: signs of life, the journal
                news = self._leases.fresh_rows() != before
            early = news and waited >= PROBE_S and boot_clock() >= self._silent_until
            if early or waited >= seconds:
                return
            self._link.beat()
            self._stopping.wait(min(self._look_s, max(seconds - waited, 0.0)))

    def _rest(self, next_due_s: float | None) -> None:
        """Nothing can be tried now: until the ledger changed, or the next row is due."""
        begun = boot_clock()
        while not self._stopping.is_set() and self._fresh():
            if self._changes.since_last():
                return
            if next_due_s is not None and boot_clock() - begun >= next_due_s:
                return
            self._link.beat()
            self._wait(self._look_s)
