"""Who else has a data folder open: every ledger holds a shared lock on it, and what must be alone takes it for itself."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.ledger.errors import LedgerInUse

LOCK_FILE = "ledger.lock"


class Share:
    """A part in the use of `data_dir`, until `end`. Waits while somebody is alone with it."""

    def __init__(self, data_dir: Path) -> None:
        self._descriptor: int | None = os.open(data_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def end(self) -> None:
        """Give it up; twice is harmless."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else opens the folder meanwhile. Raises `LedgerInUse` when somebody has it open."""
        if self._descriptor is None:
            raise LedgerInUse("the ledger was closed before")
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            msg = (
                "station or delivery have the ledger open; stop them first: sudo systemctl stop station station-delivery "
                "(afterwards: sudo systemctl start station station-delivery)"
            )
            raise LedgerInUse(msg) from error
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
