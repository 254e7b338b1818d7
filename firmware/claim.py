"""A device file held by one program at a time: an advisory lock that other stations respect.

Some kernel interfaces (V4L2, `/sys/class/pwm`) let two programs open one device and only later, or never, say that
they are in each other's way. The lock goes when its process ends, however it ends.
"""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from firmware.ports import DeviceFault, DeviceUnavailable

TAKEN = (errno.EBUSY, errno.EAGAIN)
TAKEN_WORDS = ("busy", "in use", "exclusively lock")  # libraries that hand the number on only as text


def fault_of(error: Exception) -> DeviceFault:
    """Whether a device that a library could not open is held by another program, or not there."""
    number = getattr(error, "errno", None)
    said = str(error).lower()
    return DeviceFault.IN_USE if number in TAKEN or any(word in said for word in TAKEN_WORDS) else DeviceFault.MISSING


class Claim:
    """The lock on `path` (a file, device node or folder), held from construction to `release`.

    Raises `DeviceUnavailable` when another program holds it. A path that is not there is nothing to claim: opening the
    device will say so.
    """

    def __init__(self, path: Path, device: str) -> None:
        self._file: int | None = None
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise DeviceUnavailable(
                f"{device}: {path} is in use by another station program on this machine; stop that one first "
                "(`systemctl stop station`), then start this one",
                DeviceFault.IN_USE,
            ) from error
        except OSError:
            self.release()

    def release(self) -> None:
        """Let others have it; may be called twice."""
        held, self._file = self._file, None
        if held is not None:
            os.close(held)
