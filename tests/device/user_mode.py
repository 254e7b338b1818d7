"""A Debian machine whose kernel is a program: User Mode Linux, with a real ext4, block layer, systemd and network.

Its kernel runs as a process of this machine and its programs at the processor's own speed: a boot takes seconds where qemu has to
translate. It has no devices; for those there is `VirtualMachine`. One processor. Its own disks (ubd) drop the guest's flushes, so a
disk that must keep its promises, or break them on purpose, is reached by NBD through `vec0`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "linux.uml"


@dataclass(frozen=True, slots=True)
class UserModeMachine:
    """A machine to be switched on, as often as wanted.

    disk: the file it boots from and writes to, as root file system; what it wrote survives the machine, flushed or not.
    share: a folder of this machine that it sees as `/srv/share`.
    tap: a network device of this machine that its `vec0` is connected to.
    memory_mb: what it has.
    """

    disk: Path
    share: Path
    tap: str
    memory_mb: int = 1536

    def start(self, serial: int) -> subprocess.Popen[bytes]:
        """Switch it on; what it writes to `/dev/ttyS0` comes out of the file descriptor `serial`. Console: `share/console.log`."""
        console = self.share / "console.log"
        command = [
            PROGRAM, f"ubd0={self.disk}", "root=/dev/ubda", "rw", f"mem={self.memory_mb}M", "quiet", "con=null", "con0=null,fd:1",
            "console=tty0", "ssl=null", f"ssl0=null,fd:{serial}", f"vec0:transport=tap,ifname={self.tap},depth=128,gro=1",
            f"station.share={self.share}", "systemd.unit=multi-user.target", "systemd.show_status=0",
        ]  # fmt: skip
        with console.open("wb") as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(serial,), start_new_session=True
            )


def pull_the_plug(process: subprocess.Popen[bytes]) -> None:
    """The machine is gone at once, with every process of it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
