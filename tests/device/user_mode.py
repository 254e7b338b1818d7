"""A Debian machine whose kernel is a program: User Mode Linux, with a real ext4, block layer, systemd and network.

Its kernel runs as a process of this machine and its programs at the processor's own speed: a boot takes seconds where qemu has to
translate. It has the devices that its kernel simulates; radios and a whole distribution's kernel are `VirtualMachine`'s. One
processor. Its own disks (ubd) drop the guest's flushes, so a disk that must keep its promises, or break them on purpose, is reached
by NBD through `vec0`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from machine_report import Report, Running

# The C library registers memory for restartable sequences, which is not there in a program's address space: that would be its end.
WITHOUT_RSEQ = {"GLIBC_TUNABLES": "glibc.pthread.rseq=0"}


@dataclass(frozen=True, slots=True)
class UserModeMachine:
    """A machine to be switched on, as often as wanted.

    disk: the file it boots from and writes to, as root file system; what it wrote survives the machine, flushed or not.
    share: a folder of this machine that it sees as `/srv/share`.
    program: its kernel, by `user_mode_kernel.program()`.
    tap: a network device of this machine that its `vec0` is connected to; none: no network.
    memory_mb: what it has.
    forgets: what it writes lies beside, in the share, and the disk stays as it is.
    lean: the examination (`machine_image.EXAMINE`) in place of systemd.
    """

    disk: Path
    share: Path
    program: Path
    tap: str = ""
    memory_mb: int = 1536
    forgets: bool = False
    lean: bool = False

    def command(self, serial: int | None = None) -> list[str]:
        """The kernel's command line; `serial` is the file descriptor that `/dev/ttyS0` writes to."""
        written = self.share / "written.cow"
        init = (
            ("init=/usr/local/sbin/examine",)
            if self.lean
            else ("systemd.unit=multi-user.target", "systemd.show_status=0")
        )
        net = (f"vec0:transport=tap,ifname={self.tap},depth=128,gro=1",) if self.tap else ()
        line = () if serial is None else (f"ssl0=null,fd:{serial}",)
        return [
            str(self.program), "seccomp=on",
            f"ubd0={written},{self.disk}" if self.forgets else f"ubd0={self.disk}", "root=/dev/ubda", "rw",
            f"mem={self.memory_mb}M", "quiet", "con=null", "con0=null,fd:1", "console=tty0", "ssl=null", *line, *net,
            f"station.share={self.share}", *init,
        ]  # fmt: skip

    def start(self, serial: int | None = None) -> subprocess.Popen[bytes]:
        """Switch it on; what it writes to `/dev/ttyS0` comes out of the file descriptor `serial`. Console: `share/console.log`."""
        console = self.share / "console.log"
        passed = () if serial is None else (serial,)
        with console.open("wb") as log:
            return subprocess.Popen(
                self.command(serial),
                env=os.environ | WITHOUT_RSEQ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=passed,
                start_new_session=True,
            )  # fmt: skip

    def run(self, script: str, timeout: float = 300, tell: Callable[[str], None] = print) -> Report:
        """Switch it on, run `script` (sh, root) in the share, wait for its report. Raises `RuntimeError`."""
        (self.share / "script").write_text(script, encoding="utf-8")
        running = Running(self.start(), self.share, time.monotonic())
        try:
            return running.wait(timeout, tell)
        finally:
            pull_the_plug(running.process)
            (self.share / "written.cow").unlink(missing_ok=True)


def pull_the_plug(process: subprocess.Popen[bytes]) -> None:
    """The machine is gone at once, with every process of it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
