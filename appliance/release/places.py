"""Where releases lie on a device, and who may write what.

`/opt/capture-station` belongs to root: `releases/VERSION` (each with its own environment), the link `current` that units go
through, the link `confirmed` to the last release that was seen working, `state/` (what the updater tells), `incoming/` (what it is
about to install). `/var/lib/station-update` is where the station's user puts bundles, and asks.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

PREFIX = "opt/capture-station"
SPOOL = "var/lib/station-update"
KEYS = "etc/station/release-keys"
COMPLETE = ".complete"
REFUSED = ".refused"  # it was tried, and did not work here


@dataclass(frozen=True, slots=True)
class Places:
    """All under `root`: `/` on a device, a tree in tests."""

    root: Path = Path("/")

    @property
    def prefix(self) -> Path:
        """Programs."""
        return self.root / PREFIX

    @property
    def releases(self) -> Path:
        """A folder a version."""
        return self.prefix / "releases"

    @property
    def current(self) -> Path:
        """The link that units go through."""
        return self.prefix / "current"

    @property
    def confirmed(self) -> Path:
        """The link to the release that was last seen working; the updater itself runs from there."""
        return self.prefix / "confirmed"

    @property
    def incoming(self) -> Path:
        """Verified copies on their way to becoming a release."""
        return self.prefix / "incoming"

    @property
    def progress(self) -> Path:
        """What the updater tells everybody."""
        return self.prefix / "state/progress.json"

    @property
    def trial(self) -> Path:
        """There while a release must still prove itself."""
        return self.prefix / "state/trial.json"

    @property
    def spool(self) -> Path:
        """What the station's user may write."""
        return self.root / SPOOL

    @property
    def keys(self) -> Path:
        """Public keys of those whose releases are installed."""
        return self.root / KEYS

    def named(self, link: Path) -> str | None:
        """The version that `current` or `confirmed` points to."""
        try:
            return link.readlink().name
        except OSError:
            return None

    def complete(self) -> list[str]:
        """Versions that are whole, the newest installed first."""
        found = [path.parent for path in self.releases.glob(f"*/{COMPLETE}")]
        return [path.name for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)]


def running_release() -> str | None:
    """The version whose environment this program runs in; None in a checkout."""
    home = Path(sys.prefix)
    return home.name if (home / COMPLETE).is_file() else None
