"""Rosters at rest: the last good one of each plan, as signed by the platform, sealed on disk, verified again at every load.

The stored document is itself the witness of the highest serial used, so an older one offered later is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .at_rest import open_file, seal_file
from .contract import RosterPage
from .documents import DocumentError, DocumentForged
from .identity import StationIdentity, write_private
from .roster import Roster

_CURSOR_FILE = "cursor"


@dataclass(frozen=True, slots=True)
class RosterStore:
    """One file a plan in `folder`; written by whoever talks to the platform, read by the station."""

    folder: Path
    identity: StationIdentity

    @property
    def cursor(self) -> str:
        """What to ask the platform with; empty when nothing was fetched yet, or a kept file is damaged: then all is asked anew."""
        path = self.folder / _CURSOR_FILE
        return path.read_text() if path.exists() and all(map(self._opens, self.folder.glob("*.jws"))) else ""

    def add(self, token: str, now: datetime | None) -> Roster:
        """Verify and keep a roster. Raises `DocumentError`; what was kept before then stays."""
        roster = self._verify(token, now)
        path = self._path(roster.plan.id)
        roster = self._verify(token, now, seen_serial=self._seen_serial(path))
        write_private(path, seal_file(self.identity.key, path.name, token.encode()))
        return roster

    def take(self, page: RosterPage, now: datetime | None) -> tuple[list[Roster], list[DocumentError]]:
        """Keep every usable roster of an answer; one bad document does not keep the others out."""
        kept: list[Roster] = []
        refused: list[DocumentError] = []
        for token in page.documents:
            try:
                kept.append(self.add(token, now))
            except DocumentError as error:
                refused.append(error)
        if not refused:
            write_private(self.folder / _CURSOR_FILE, page.cursor.encode())
        return kept, refused

    def load(self, now: datetime | None) -> tuple[list[Roster], list[DocumentError]]:
        """All kept rosters that may be used now, newest issue first, and why others may not.

        `now` is None where the station knows no time; expiry is then not judged.
        """
        usable: list[Roster] = []
        refused: list[DocumentError] = []
        for path in sorted(self.folder.glob("*.jws")):
            try:
                usable.append(self._verify(self._read(path), now))
            except DocumentError as error:
                refused.append(error)
        return sorted(usable, key=lambda roster: roster.issued_at, reverse=True), refused

    def stamp(self) -> float:
        """Changes whenever a roster is added: the newest modification time, 0.0 when there is none."""
        return max((path.stat().st_mtime for path in self.folder.glob("*.jws")), default=0.0)

    def _seen_serial(self, path: Path) -> int:
        try:
            return self._verify(self._read(path), None).serial
        except (FileNotFoundError, DocumentForged):  # after a change of the platform's keys the old one proves nothing
            return 0

    def _read(self, path: Path) -> str:
        """The signed document in a file; bytes that are no text fail its verification."""
        return open_file(self.identity.key, path.name, path.read_bytes()).decode(errors="replace")

    def _opens(self, path: Path) -> bool:
        try:
            self._read(path)
        except DocumentForged:
            return False
        return True

    def _path(self, plan_id: str) -> Path:
        return self.folder / f"{plan_id.replace(':', '_')}.jws"

    def _verify(self, token: str, now: datetime | None, seen_serial: int = 0) -> Roster:
        keys = self.identity.signing_keys
        return Roster.verify(token, keys, station_id=self.identity.station_id, now=now, seen_serial=seen_serial)
