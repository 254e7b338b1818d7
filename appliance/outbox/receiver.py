"""The way back: events from the platform by long poll, and the day's rosters whenever they changed.

What events change in the ledger is applied exactly once, with the cursor (`events`). What they ask to be fetched is fetched
before the cursor is kept; a crash in between only means fetching the current state again.
"""

from __future__ import annotations

import logging
import shutil
import threading
from pathlib import Path

from appliance.ledger.boot import boot_clock, boot_id
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.outbox import events
from appliance.outbox.backoff import Backoff
from appliance.outbox.events import CURSOR_NOTE
from appliance.outbox.link import Link
from appliance.outbox.plans import keep_plans, known_plans
from appliance.outbox.retention import Retention
from appliance.outbox.status import queue_status
from appliance.platform.client import PlatformClient
from appliance.platform.contract import Heartbeat
from appliance.platform.errors import PlatformError
from appliance.platform.roster_store import RosterStore

log = logging.getLogger(__name__)

WAIT_S = 25.0
ROSTERS_EVERY_S = 600.0  # even without an event: the platform issues a fresh roster each day
HEARTBEAT_EVERY_S = 60.0
QUIET = Backoff(base_s=2.0, cap_s=60.0)
_ROSTER_KINDS = {"roster-changed", "plan-changed"}


class Receiver:
    """Runs in one thread, over a client of its own (it waits most of the time)."""

    def __init__(
        self,
        ledger: Ledger,
        client: PlatformClient,
        link: Link,
        rosters: Path,
        stopping: threading.Event,
        *,
        version: str,
    ) -> None:
        self._version = version
        self._ledger = ledger
        self._client = client
        self._link = link
        self._store = RosterStore(rosters, client.identity)
        self._stopping = stopping
        self._retention = Retention(ledger, client.clock)
        self._rosters_due = 0.0
        self._heartbeat_due = 0.0

    def run(self) -> None:
        """Receive until stopped."""
        failures = 0
        while not self._stopping.is_set():
            try:
                self.step(WAIT_S)
                failures = 0
            except PlatformError as error:
                failures += 1
                log.info("platform not reached: %s", error)
                if not self._stopping.is_set():
                    self._link.failed(str(error))
                self._stopping.wait(QUIET.delay(failures))

    def step(self, wait_s: float) -> None:
        """Rosters, heartbeat and retention when they are due, then one page of events. Raises `PlatformError`."""
        if boot_clock() >= self._rosters_due:
            self.fetch_rosters()
        if boot_clock() >= self._heartbeat_due:
            self.tell_health()
        self._retention.look()
        cursor = self._ledger.note(CURSOR_NOTE) or ""
        page = self._client.events(cursor, wait_s)
        if self._stopping.is_set():
            return
        if any(event.kind in _ROSTER_KINDS for event in page.events):
            self.fetch_rosters()
        if page.cursor != cursor or page.events:
            at = self._client.clock.now().isoformat(timespec="milliseconds")
            events.take(self._ledger, page, cursor, Moment(at=at, clock_trusted=True, boot_id=boot_id()))

    def fetch_rosters(self) -> None:
        """Fetch and keep what changed. Raises `PlatformError`."""
        page = self._client.rosters(self._store.cursor)
        now = self._client.clock.now()
        self._link.answered(now.isoformat(timespec="seconds"))
        if page is not None:
            kept, refused = self._store.take(page, now)
            for roster in kept:
                log.info("roster of %s kept: serial %d, %d students", roster.plan.id, roster.serial, len(roster))
            for error in refused:
                log.warning("roster refused: %s", error)
            if kept:
                keep_plans(self._ledger, [roster.plan for roster in kept])
        if known_plans(self._ledger) is None:  # rosters fetched by a version that kept no rules
            keep_plans(self._ledger, [roster.plan for roster in self._store.load(now)[0]])
        self._rosters_due = boot_clock() + ROSTERS_EVERY_S

    def tell_health(self) -> None:
        """Tell the platform how this station is doing; it cannot ask, behind NAT. Raises `PlatformError`."""
        queue = queue_status(self._ledger)
        self._client.heartbeat(
            Heartbeat(
                version=self._version,
                boot_id=boot_id(),
                uptime_s=round(boot_clock(), 1),
                clock_offset_s=self._client.clock.offset_s,
                disk_free_bytes=shutil.disk_usage(self._ledger.data_dir).free,
                **{name: queue[name] for name in ("waiting", "parked", "receipted", "bytes_waiting")},
            )
        )
        self._heartbeat_due = boot_clock() + HEARTBEAT_EVERY_S
