"""How often the station failed to start, in a file that a power cut cannot tear: written before each try, erased once it works."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.release.documents import read_document, remove_document, write_document
from appliance.release.places import running_release

FILE = "starts.json"
LIMIT = 3  # tries in a row that failed before the small page takes over
_KEPT = 5  # reasons
_LONGEST = 2000  # characters of one


@dataclass(frozen=True, slots=True)
class Start:
    """`failed` tries in a row so far, the present one included until it works; what was said of each, the newest last."""

    failed: int = 0
    reasons: tuple[str, ...] = ()


class Starts:
    """The count of one data folder, for one release: another one that takes over begins with all its tries."""

    def __init__(self, data_dir: Path, release: str | None = None) -> None:
        self._path = data_dir / FILE
        self._release = running_release() if release is None else release

    def read(self) -> Start:
        """What is known; nothing failed when the file says nothing sensible."""
        body = read_document(self._path)
        failed, reasons = body.get("failed"), body.get("reasons")
        if not isinstance(failed, int) or not isinstance(reasons, list) or body.get("release") != self._release:
            return Start()
        return Start(max(0, failed), tuple(map(str, reasons))[-_KEPT:])

    def begin(self) -> Start:
        """A try begins: it counts as failed until `well`. What was known before it."""
        before = self.read()
        self._write(Start(before.failed + 1, before.reasons))
        return before

    def failed(self, reason: str) -> None:
        """The try ended, and why."""
        now = self.read()
        self._write(Start(now.failed, (*now.reasons, reason[:_LONGEST])[-_KEPT:]))

    def well(self) -> None:
        """It works."""
        if self._path.exists():
            remove_document(self._path)

    def once_more(self) -> None:
        """Let the next start be a real one: if it fails, the small page comes back at once."""
        self._write(Start(LIMIT - 1, self.read().reasons))

    def _write(self, start: Start) -> None:
        write_document(self._path, {**asdict(start), "release": self._release}, mode=0o600)
