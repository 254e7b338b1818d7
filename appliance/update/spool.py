"""The folder through which station, fetcher and updater speak: who writes what, and how what was found is described.

look.json     the station asks the fetcher to look (a systemd path unit waits for it)
found.json    what the fetcher found and how far it is
bundles/      bundles, `*.part` while they come
ask.json      what the updater is to do; it takes the file away when it begins
health.json   the running station's word on itself
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.ledger.files import make_directory
from appliance.release.documents import read_document, write_document
from appliance.release.places import Places


@dataclass(frozen=True, slots=True)
class Found:
    """What the fetcher says. `offer` is `{"version", "notes", "size_bytes", "source", "file"}` of a verified bundle.

    `after` is the number of the last thing the updater had done when this was found: its later word counts more.
    """

    state: str = "idle"
    offer: Mapping[str, Any] | None = None
    progress: float | None = None
    message: Mapping[str, str] | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class Spool:
    """`folder` belongs to the station's user (on a device `Places.spool`); `places` is where the updater works."""

    folder: Path
    places: Places

    @property
    def bundles(self) -> Path:
        """Where bundles are kept."""
        return self.folder / "bundles"

    def found(self) -> Found:
        """What the fetcher last said."""
        body = read_document(self.folder / "found.json")
        return Found(**{name: body[name] for name in Found.__slots__ if name in body})

    def say(self, found: Found) -> None:
        """The fetcher's word."""
        write_document(self._folder() / "found.json", {name: getattr(found, name) for name in Found.__slots__})

    def ask(self, what: str, **more: Any) -> int:
        """Ask the updater for `prepare`, `switch` or `rollback`; the number of the question."""
        number = self.last() + 1
        write_document(self._folder() / "ask.json", {"do": what, "number": number, **more})
        return number

    def asked(self) -> dict[str, Any]:
        """What the updater has not begun yet; empty when nothing waits."""
        return read_document(self.folder / "ask.json")

    def progress(self) -> dict[str, Any]:
        """What the updater says: `{"number", "state", "version", "previous", "progress", "message", "ended"}`, or nothing."""
        return read_document(self.places.progress)

    def last(self) -> int:
        """The number of the newest question, answered or not."""
        return max(int(self.progress().get("number", 0)), int(self.asked().get("number", 0)))

    def want_look(self) -> None:
        """Have the fetcher look."""
        write_document(self._folder() / "look.json", {})

    def tell_health(self, body: Mapping[str, Any]) -> None:
        """The running station's word on itself."""
        write_document(self._folder() / "health.json", dict(body))

    def _folder(self) -> Path:
        make_directory(self.folder)
        return self.folder


def spool_of(data_dir: Path, places: Places | None = None) -> Spool:
    """The device's spool, where there is one; else one beside the data, whose questions nobody answers."""
    places = places or Places()
    return Spool(places.spool if places.spool.is_dir() else data_dir / "update", places)
