"""The running station's word on itself, by which a release on trial is judged."""

from __future__ import annotations

import os
import ssl
import urllib.request
from collections.abc import Callable
from pathlib import Path

from appliance.certificates import tls_files
from appliance.update.spool import Spool

ADDRESS_FILE = "station.url"
_PATIENCE_S = 10.0


class HealthWord:
    """Says who runs and what fails, once after the start and, while a release is on trial, again whenever it changed."""

    def __init__(self, spool: Spool, version: str, data_dir: Path, failing: Callable[[], list[str]]) -> None:
        self._spool, self._version, self._data_dir, self._failing = spool, version, data_dir, failing
        self._said: list[str] | None = None

    def look(self) -> None:
        """Look at oneself, as somebody outside would."""
        if not self._spool.folder.is_dir() or not (self._data_dir / ADDRESS_FILE).is_file():
            return
        if self._said is not None and not self._spool.places.trial.exists():
            return
        failing = sorted(self._failing())
        if not answers(self._data_dir):
            failing.append("interface")
        if failing != self._said:
            body = {"pid": os.getpid(), "version": self._version, "mode": "working", "failing": failing}
            self._spool.tell_health(body)
            self._said = failing


def answers(data_dir: Path) -> bool:
    """Whether the station's own address answers, over the certificate that tablets see."""
    try:
        address = (data_dir / ADDRESS_FILE).read_text(encoding="utf-8")
        trust = None
        if address.startswith("https:"):
            trust = ssl.create_default_context(cafile=tls_files(data_dir / "keys").authority)
        with urllib.request.urlopen(f"{address}/api/health", context=trust, timeout=_PATIENCE_S) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False
