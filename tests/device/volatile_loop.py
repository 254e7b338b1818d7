"""A block device of this machine whose cache dies with the power: nbdkit's volatile disk as a file (nbdfuse), as a loop device.

A flush of the file system's goes all the way: ext4, loop, fuse, NBD, the disk's file. Once nbdkit is killed nothing goes anywhere.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from volatile_disk import PORT, VolatileDisk

APPEARS_S = 20.0
NEEDED = ("nbdkit", "nbdfuse", "losetup", "umount")


class VolatileLoop:
    """`disk` (a raw file) as a block device; `lose_power` forgets what was not flushed, `put_away` then frees the device."""

    def __init__(self, disk: Path, address: str) -> None:
        self._kit = VolatileDisk(disk, address)
        self._uri = f"nbd://{address}:{PORT}"
        self._folder = disk.with_suffix(".nbd")
        self._fuse: subprocess.Popen[bytes] | None = None
        self.device = ""

    def switch_on(self) -> None:
        """Make the device. Raises `RuntimeError` when it does not appear, `CalledProcessError`."""
        self._kit.switch_on()
        self._folder.mkdir(exist_ok=True)
        self._fuse = subprocess.Popen(
            ["nbdfuse", str(self._folder / "disk"), self._uri],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # once the power is gone it complains of every write
        )
        end = time.monotonic() + APPEARS_S
        while not (self._folder / "disk").exists():
            if time.monotonic() > end:
                raise RuntimeError(f"nbdfuse made no file in {self._folder}")
            time.sleep(0.05)
        found = subprocess.run(
            ["losetup", "--find", "--show", str(self._folder / "disk")], check=True, capture_output=True, text=True
        )
        self.device = found.stdout.strip()

    def lose_power(self) -> None:
        """The disk answers no more, and what was only in its cache is gone."""
        self._kit.lose_power()

    def put_away(self) -> None:
        """Free the device; whoever had it mounted is gone by now."""
        if self.device:
            subprocess.run(["losetup", "--detach", self.device], check=False, capture_output=True)
            self.device = ""
        if self._fuse is not None:
            self._fuse.kill()
            self._fuse.wait()
            subprocess.run(["umount", "--lazy", str(self._folder)], check=False, capture_output=True)
            self._fuse = None
