"""One installation at a time: a technician's beside a card's first start would take away what the other is building."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioning.installer.context import StepFailed

LOCK, UNPACKING = "run/capture-station-install.lock", "run/capture-station-bundle.lock"


@contextmanager
def alone(root: Path, lock: str = LOCK) -> Iterator[None]:
    """Raises `StepFailed` while another one runs. The kernel lets go of it when this process ends, however it does."""
    path = root / lock
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise StepFailed(
            "another installation runs on this machine (on a new card: its first start; see journalctl -fu become-station). "
            "Wait until it ended, then the same command again"
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)
