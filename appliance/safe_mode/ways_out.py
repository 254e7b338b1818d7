"""What the page can have done: another try, the log, a support bundle, the version before."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from appliance.release.documents import read_document, write_document
from appliance.release.places import REFUSED, Places
from appliance.safe_mode.starts import Starts

TRIES, PAUSE_S = 5, 60.0
_PATIENCE_S = 600.0


def new_code() -> str:
    """Eight digits in two groups, for whoever stands before the console. In one run the log cuts them (`recent_log.masked`)."""
    digits = f"{secrets.randbelow(10**8):08d}"
    return f"{digits[:4]} {digits[4:]}"


@dataclass(slots=True)
class CodeLock:
    """Compares codes; after `TRIES` wrong ones nobody is heard for `PAUSE_S` seconds."""

    code: str
    monotonic: Callable[[], float] = time.monotonic
    wrong: int = 0
    closed_until: float = float("-inf")
    guard: threading.Lock = field(default_factory=threading.Lock)

    def opens(self, given: str) -> bool:
        """Whether `given` is right, and asking is allowed now."""
        with self.guard:
            if self.monotonic() < self.closed_until:
                return False
            if hmac.compare_digest("".join(given.split()).encode(), "".join(self.code.split()).encode()):
                self.wrong = 0
                return True
            self.wrong += 1
            if self.wrong >= TRIES:
                self.wrong, self.closed_until = 0, self.monotonic() + PAUSE_S
            return False


class WaysOut:
    """`end` makes the process end so that it is started anew; `support` writes a support bundle and returns its path."""

    def __init__(
        self,
        data_dir: Path,
        places: Places,
        end: Callable[[], None],
        support: Callable[[], Path],
        log: Callable[[], list[str]],
    ) -> None:
        self._starts, self._places, self._end = Starts(data_dir), places, end
        self.support, self.log = support, log

    def retry(self) -> None:
        """Start anew, really."""
        self._starts.once_more()
        self._end()

    def previous(self) -> str | None:
        """The version that could take over again."""
        places = self._places
        current = places.named(places.current)
        kept = (name for name in places.complete() if name != current)
        return next((name for name in kept if not (places.releases / name / REFUSED).exists()), None)

    def roll_back(self) -> None:
        """Ask the updater for the version before; nobody is being served here, so the switch follows at once."""
        version = self.previous()
        if version is not None:
            threading.Thread(target=self._roll_back, args=(version,), name="roll back", daemon=True).start()

    def _roll_back(self, version: str) -> None:
        number = int(read_document(self._places.progress).get("number", 0)) + 1
        ask = self._places.spool / "ask.json"
        write_document(ask, {"do": "prepare-back", "number": number, "version": version})
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            told = read_document(self._places.progress)
            if told.get("number") == number and told.get("state") == "prepared":
                self._starts.well()  # the other version begins with all its tries
                write_document(ask, {"do": "switch", "number": number + 1, "version": version, "failing": ["start"]})
                return
            if told.get("number") == number and told.get("state") == "failed":
                return
            time.sleep(1.0)
