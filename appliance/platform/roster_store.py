"""Rosters at rest: the last good one of each plan, as signed by the platform, verified again at every load.

The kept document is itself the witness of the highest serial used, so an older one offered later is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .contract import RosterPage
from .documents import DocumentError, DocumentForged
from .identity import StationIdentity
from .notes import Notes
from .roster import Roster

NOTE = "rosters"
CURSOR_NOTE = "rosters.cursor"


@dataclass(frozen=True, slots=True)
class LoadedRosters:
    """Rosters that may be used now, newest issue first, and why others may not."""

    usable: tuple[Roster, ...]
    refused: tuple[DocumentError, ...]


@dataclass(frozen=True, slots=True)
class RosterStore:
    """Signed rosters by plan, in one note; written by whoever talks to the platform, read by the station."""

    notes: Notes
    identity: StationIdentity

    @property
    def cursor(self) -> str:
        """What to ask the platform with; empty when nothing was fetched yet."""
        return self.notes.note(CURSOR_NOTE) or ""

    def take(self, page: RosterPage, now: datetime | None) -> LoadedRosters:
        """Verify and keep the rosters of an answer; a refused one leaves what was kept, and keeps no other out."""
        tokens = dict(self._tokens())
        taken: list[Roster] = []
        refused: list[DocumentError] = []
        for token in page.documents:
            try:
                roster = self._verify(token, now)
                roster = self._verify(token, now, self._seen_serial(tokens.get(roster.plan.id)))
            except DocumentError as error:
                refused.append(error)
                continue
            tokens[roster.plan.id] = token
            taken.append(roster)
        if taken:
            self.notes.keep_note(NOTE, json.dumps(tokens))
        if not refused:
            self.notes.keep_note(CURSOR_NOTE, page.cursor)
        return LoadedRosters(tuple(taken), tuple(refused))

    def load(self, now: datetime | None) -> LoadedRosters:
        """Everything kept; `now` is None where the station knows no time (expiry is then not judged)."""
        usable: list[Roster] = []
        refused: list[DocumentError] = []
        for token in self._tokens().values():
            try:
                usable.append(self._verify(token, now))
            except DocumentError as error:
                refused.append(error)
        usable.sort(key=lambda roster: roster.issued_at, reverse=True)
        return LoadedRosters(tuple(usable), tuple(refused))

    def _tokens(self) -> Mapping[str, str]:
        tokens: dict[str, str] = json.loads(self.notes.note(NOTE) or "{}")
        return tokens

    def _seen_serial(self, kept: str | None) -> int:
        if kept is None:
            return 0
        try:
            return self._verify(kept, None).serial
        except DocumentForged:  # after a change of the platform's keys the old one proves nothing
            return 0

    def _verify(self, token: str, now: datetime | None, seen_serial: int = 0) -> Roster:
        keys = self.identity.signing_keys
        return Roster.verify(token, keys, station_id=self.identity.station_id, now=now, seen_serial=seen_serial)
