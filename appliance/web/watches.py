"""What changes outside this process and must reach pages: deliveries (another process writes them) and rosters (files)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from appliance.ledger.changes import Changes
from appliance.ledger.store import Ledger
from appliance.platform.identity import NotEnrolled, StationIdentity
from appliance.platform.roster import Roster
from appliance.platform.roster_store import RosterStore

log = structlog.get_logger(__name__)

INTERVAL = 0.5  # seconds


class Watch:
    """Calls `look` each half second in a thread of its own until stopped; a failing look is reported and tried again."""

    def __init__(self, name: str, look: Callable[[], None]) -> None:
        self._name = name
        self._look = look
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; does nothing when running."""
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the look at hand."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=2.0)

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL):
            try:
                self._look()
            except Exception:
                log.exception("watch.failed", watch=self._name)


class LedgerWatch:
    """Publishes figures drawn from the ledger, by topic, when they changed."""

    def __init__(
        self, ledger: Ledger, figures: Mapping[str, Callable[[], dict[str, Any]]], publish: Callable[[str, Any], None]
    ) -> None:
        self._changes = Changes(ledger.engine)
        self._figures = figures
        self._publish = publish
        self._shown: dict[str, dict[str, Any]] = {}

    def look(self) -> None:
        """Publish whatever is another than before, if another connection wrote to the ledger."""
        if not self._changes.since_last():
            return
        for topic, draw in self._figures.items():
            figures = draw()
            if figures != self._shown.get(topic):
                self._shown[topic] = figures
                self._publish(topic, figures)

    def close(self) -> None:
        """Give the connection back."""
        self._changes.close()


class RosterWatch:
    """Keeps the rosters current: the delivery process fetches, this one verifies them anew."""

    def __init__(
        self, identity_dir: Path, roster_dir: Path, use: Callable[[list[Roster], StationIdentity], None]
    ) -> None:
        self._identity_dir = identity_dir
        self._roster_dir = roster_dir
        self._use = use
        self._stamp: float | None = None
        self.station_id: str | None = None

    def look(self) -> None:
        """Load the roster when its files changed since the last look."""
        try:
            identity = StationIdentity.load(self._identity_dir)
        except NotEnrolled:
            return
        store = RosterStore(self._roster_dir, identity)
        stamp = store.stamp()
        if stamp == self._stamp and self.station_id == identity.station_id:
            return
        usable, refused = store.load(datetime.now(UTC))
        for error in refused:
            log.warning("roster.refused", error=str(error))
        self._stamp, self.station_id = stamp, identity.station_id
        self._use(usable, identity)
