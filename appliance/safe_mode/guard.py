"""Around a start of the station: counts the try, takes down why it failed, and says when it worked."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.safe_mode.starts import Starts

STEADY_S = 20.0  # so long the station must answer before a start counts as one that worked
DEFAULT_PORT = 8443


class StartGuard:
    """One start of the station whose data lies in `data_dir`."""

    def __init__(self, data_dir: Path, steady_s: float = STEADY_S) -> None:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._starts = Starts(data_dir)
        self._steady_s = steady_s
        self._timer: threading.Timer | None = None

    def begin(self) -> bool:
        """Count this try; False when there were too many, and the small page must be served instead."""
        if self._starts.read().too_many:
            return False
        self._starts.begin()
        return True

    def ready(self) -> None:
        """The station answers; when it still does in a while, the start has worked."""
        self._starts.ready()
        self._timer = threading.Timer(self._steady_s, self._starts.well)
        self._timer.daemon = True
        self._timer.start()

    def ended(self) -> None:
        """It ended in good order after it was ready: nothing is wrong with its start."""
        if self._timer is not None:
            self._timer.cancel()
            self._starts.well()

    def failed(self, reason: str) -> None:
        """It did not come up, or broke down before it was steady."""
        if self._timer is not None:
            self._timer.cancel()
        self._starts.failed(reason)


def address(settings_file: str | None) -> tuple[str, int]:
    """Host and port to serve the small page at, out of a settings file that may be what is broken."""
    table: dict[str, Any] = {}
    try:
        if settings_file is not None:
            table = tomllib.loads(Path(settings_file).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        table = {}
    host, port = table.get("host"), table.get("port")
    sound = isinstance(port, int) and not isinstance(port, bool) and 0 <= port <= 65535
    return host if isinstance(host, str) else "0.0.0.0", port if sound else DEFAULT_PORT  # type: ignore[return-value] # noqa: S104


def guarded(guard: StartGuard, start: Callable[[], int], told_as: Callable[[BaseException], str | None]) -> int:
    """Run `start` and take down how it ended; its exit code. What it raises goes on, after its reason was written.

    `told_as` gives the reason for an exception, or None for one that does not count.
    """
    try:
        code = start()
    except BaseException as error:
        reason = told_as(error)
        if reason is not None:
            guard.failed(reason)
        raise
    guard.ended()
    return code
