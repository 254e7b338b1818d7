"""How often the station failed to start, in a file that a power cut cannot tear: written before each try, erased once it works.

A try that the machine's own end broke off (no reason was said, and this is another boot) is no failure of the station: who pulls
the plug three times finds it working. Only many such tries in a row, none of which came to be ready, are one: it may be the start
itself that brings the machine down.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from appliance.ledger.boot import boot_id
from appliance.recent_log import masked
from appliance.release.documents import read_document, remove_document, write_document
from appliance.release.places import running_release

FILE = "starts.json"
LIMIT = 3  # tries in a row that failed before the small page takes over
CUT_LIMIT = 10  # tries in a row that the machine's end broke off before the station was ready
STARTING, READY = "starting", "ready"
_KEPT = 5  # reasons
_LONGEST = 2000  # characters of one


@dataclass(frozen=True, slots=True)
class Start:
    """`failed` tries in a row so far, the present one included until it works; what was said of each, the newest last.

    `cut` tries in a row were broken off with the machine; `now` is where the present one stands, empty once it ended.
    """

    failed: int = 0
    reasons: tuple[str, ...] = ()
    cut: int = 0
    now: str = ""

    @property
    def too_many(self) -> bool:
        """Whether the small page takes over."""
        return self.failed >= LIMIT or self.cut >= CUT_LIMIT


class Starts:
    """The count of one data folder, for one release: another one that takes over begins with all its tries."""

    def __init__(self, data_dir: Path, release: str | None = None, boot: str | None = None) -> None:
        self._path = data_dir / FILE
        self._boot = boot_id() if boot is None else boot
        self._release = running_release() if release is None else release

    def read(self) -> Start:
        """What is known; nothing failed when the file says nothing sensible."""
        body = read_document(self._path)
        failed, reasons = body.get("failed"), body.get("reasons")
        if not isinstance(failed, int) or not isinstance(reasons, list) or body.get("release") != self._release:
            return Start()
        now, cut = body.get("now"), body.get("cut")
        found = Start(
            max(0, failed),
            tuple(map(str, reasons))[-_KEPT:],
            cut if isinstance(cut, int) else 0,
            now if now in (STARTING, READY) else "",
        )
        return found if body.get("boot") == self._boot else _broken_off(found)

    def begin(self) -> Start:
        """A try begins: it counts as failed until `well`. What was known before it."""
        before = self.read()
        self._write(Start(before.failed + 1, before.reasons, before.cut, STARTING))
        return before

    def ready(self) -> None:
        """The try came so far that the station answers; it has not worked yet."""
        self._write(replace(self.read(), cut=0, now=READY))

    def failed(self, reason: str) -> None:
        """The try ended, and why."""
        now = self.read()
        self._write(Start(now.failed, (*now.reasons, masked(reason)[:_LONGEST])[-_KEPT:], now.cut))

    def well(self) -> None:
        """It works."""
        if self._path.exists():
            remove_document(self._path)

    def once_more(self) -> None:
        """Let the next start be a real one: if it fails, the small page comes back at once."""
        self._write(Start(LIMIT - 1, self.read().reasons))

    def _write(self, start: Start) -> None:
        write_document(self._path, {**asdict(start), "release": self._release, "boot": self._boot}, mode=0o600)


def _broken_off(found: Start) -> Start:
    """What another boot left: a try that was under way then was broken off with the machine, and does not count as failed."""
    if not found.now:
        return found
    cut = 0 if found.now == READY else found.cut + 1
    return Start(max(0, found.failed - 1), found.reasons, cut)
