"""A disk whose cache dies with the power: what was not flushed is gone, as on a card or an SSD without capacitors.

nbdkit's cache filter holds every write in a file of its own until the machine asks for a flush; killed, it forgets them.
"""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path

PORT = 10809
APPEARS_S = 20.0


class VolatileDisk:
    """`disk` (a raw file) behind a cache that is lost by `lose_power`, served by NBD at `address`."""

    def __init__(self, disk: Path, address: str) -> None:
        self._disk = disk
        self._address = address
        self._process: subprocess.Popen[bytes] | None = None

    def switch_on(self) -> None:
        """Serve the disk. Raises `RuntimeError` when it does not appear."""
        command = ["nbdkit", "-f", "-i", self._address, "-p", str(PORT), "--filter=cache", "file", str(self._disk)]
        self._process = subprocess.Popen([*command, "cache=writeback"], stdin=subprocess.DEVNULL)
        end = time.monotonic() + APPEARS_S
        while time.monotonic() < end:
            try:
                socket.create_connection((self._address, PORT), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"no disk appeared at {self._address}:{PORT}")

    def lose_power(self) -> None:
        """The disk is gone at once, and what was only in its cache with it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
