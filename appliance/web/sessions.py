"""Who is signed in at which tablet. A session ends by sign-out, by rest, and with the boot it belongs to."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, replace

from appliance.ledger.store import Ledger
from appliance.web.people import People, Person
from firmware.ports import Clock

_NOTE = "sessions"
_WRITTEN_EVERY = 30.0  # seconds: a restart may make a session seem to have rested so much longer, never shorter


@dataclass(frozen=True, slots=True)
class Session:
    """`seen` is when its tablet last asked for something: seconds of this boot's monotonic clock."""

    person: str
    seen: float


class Sessions:
    """One person a tablet. `idle_s` is how long a tablet may rest before it asks for the PIN again."""

    def __init__(self, ledger: Ledger, people: People, clock: Clock, idle_s: float) -> None:
        self._ledger, self._people, self._clock, self.idle_s = ledger, people, clock, idle_s
        self._lock = threading.Lock()
        self._written = 0.0
        kept = json.loads(ledger.note(_NOTE) or "{}")
        mine = kept.get("boot_id") == clock.read().boot_id
        self._open: dict[str, Session] = {t: Session(**s) for t, s in kept["open"].items()} if mine else {}

    def open(self, tablet: str, person: Person) -> None:
        """`person` signed in at `tablet`, instead of whoever was."""
        with self._lock:
            self._open[tablet] = Session(person.id, self._clock.monotonic())
            self._write()

    def close(self, tablet: str) -> Person | None:
        """Sign out; who it was."""
        before = self.at(tablet)
        with self._lock:
            if self._open.pop(tablet, None) is not None:
                self._write()
        return before

    def touch(self, tablet: str) -> None:
        """The tablet was used."""
        now = self._clock.monotonic()
        with self._lock:
            session = self._open.get(tablet)
            if session is not None and now - session.seen <= self.idle_s:
                self._open[tablet] = replace(session, seen=now)
                if now - self._written > _WRITTEN_EVERY:
                    self._write()

    def at(self, tablet: str) -> Person | None:
        """Who is signed in there now; nobody once it rested too long or the person was removed."""
        with self._lock:
            session = self._open.get(tablet)
        if session is None or self._clock.monotonic() - session.seen > self.idle_s:
            return None
        return next((person for person in self._people.all() if person.id == session.person), None)

    def tablets(self) -> list[str]:
        """Where somebody is signed in."""
        with self._lock:
            return list(self._open)

    def people(self) -> list[Person]:
        """Everybody who is signed in somewhere, each once."""
        found = {person.id: person for tablet in self.tablets() if (person := self.at(tablet)) is not None}
        return list(found.values())

    def ended(self) -> list[str]:
        """Whose sessions ended by rest since the last look; they are forgotten."""
        now = self._clock.monotonic()
        with self._lock:
            over = {tablet: session for tablet, session in self._open.items() if now - session.seen > self.idle_s}
            for tablet in over:
                del self._open[tablet]
            if over:
                self._write()
        return [session.person for session in over.values()]

    def _write(self) -> None:
        self._written = self._clock.monotonic()
        kept = {tablet: asdict(session) for tablet, session in self._open.items()}
        self._ledger.keep_note(_NOTE, json.dumps({"boot_id": self._clock.read().boot_id, "open": kept}))
