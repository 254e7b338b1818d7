"""A disk whose cache dies with the power: what was not flushed is gone, as on a card or an SSD without capacitors.

nbdkit's cache filter holds every write in a file of its own until the machine asks for a flush; killed, it forgets them. qemu takes
its socket; where a machine wants a file, nbdfuse shows it as one.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path

APPEARS_S = 20.0


class VolatileDisk:
    """`disk` (a raw file) behind a cache that is lost by `lose_power`. `folder` takes its socket and its file."""

    def __init__(self, disk: Path, folder: Path) -> None:
        self._disk = disk
        self._socket = folder / "disk.sock"
        self._place = folder / "shown"
        self._log = folder / "nbdkit.log"
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        """As qemu names it."""
        return f"nbd+unix:///?socket={self._socket}"

    @property
    def file(self) -> Path:
        """As a file."""
        return self._place / "disk"

    def switch_on(self) -> None:
        """Serve the disk. Raises `RuntimeError` when it does not appear."""
        self._socket.unlink(missing_ok=True)
        self._place.mkdir(parents=True, exist_ok=True)
        self._start(
            "nbdkit", "-f", "-U", str(self._socket), "--filter=cache", "file", str(self._disk), "cache=writeback"
        )
        self._wait(self._socket)
        self._start("nbdfuse", str(self.file), self.address)
        self._wait(self.file)

    def lose_power(self) -> None:
        """The disk is gone at once, and what was only in its cache with it."""
        for process in self._running:
            process.kill()
        for process in self._running:
            process.wait()
        self._running = []
        subprocess.run(["umount", "-l", str(self._place)], check=False, stderr=subprocess.DEVNULL)

    def _start(self, *command: str) -> None:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._running.append(process)

    def _wait(self, path: Path) -> None:
        end = time.monotonic() + APPEARS_S
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                path.stat()
                return
            time.sleep(0.02)
        raise RuntimeError(f"{path} did not appear; {self._log.read_text(errors='replace')[-1000:]}")
