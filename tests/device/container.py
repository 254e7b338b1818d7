"""Boots a Debian tree with its own systemd in namespaces of this machine, runs one script inside, and gives back its report.

`systemd-nspawn --boot` needs more than a plain machine gives; unshare, an own cgroup and a pivoted root are enough (in a mere
chroot the kernel refuses `PrivateUsers=`). Seccomp, `User=`, `StateDirectory=` and device policies are enforced as on a device.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

UNIFIED = Path("/sys/fs/cgroup/unified")
CGROUPS = UNIFIED if UNIFIED.is_dir() else Path("/sys/fs/cgroup")
REPORT = "var/report.txt"
_NODES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}


@dataclass(frozen=True, slots=True)
class Booted:
    """What a boot ended with: the script's output, its exit code, and how long the whole took in seconds."""

    report: str
    code: int
    seconds: float


def boot(tree: Path, script: str, *, timeout: float = 180, cut: bool = False, also: str = "") -> Booted:
    """Boot `tree` to multi-user, run `script` (sh) there, power off: in good order, or, with `cut`, every process killed at once.

    What was written by then stays, as the kernel goes on; `also` (sh) is done before the tree is entered.
    Raises `RuntimeError` when no report came.
    """
    _prepare(tree, script, cut=cut)
    begun = time.monotonic()
    start = tree / "root/.boot"
    start.write_text(start_script(tree, also), encoding="utf-8")
    group = CGROUPS / f"capture-station-{os.getpid()}-{begun:.0f}"
    group.mkdir()
    enter = f"echo $$ > {group}/cgroup.procs; exec unshare --fork --pid --mount --uts --ipc --net --cgroup sh {start}"
    with tempfile.TemporaryFile() as console:
        # systemd wants a terminal as its console; `script` gives it one.
        command = ["script", "-qec", f"sh -c '{enter}'", "/dev/null"]
        machine = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        try:
            while machine.poll() is None and not (cut and (tree / f"{REPORT}.code").is_file()):
                if time.monotonic() - begun > timeout:
                    raise subprocess.TimeoutExpired(command, timeout)
                time.sleep(0.1)
        finally:
            remove(group)
            machine.wait(timeout=60)
        console.seek(0)
        said = console.read().decode(errors="replace")
    report = tree / REPORT
    if not (tree / f"{REPORT}.code").is_file():
        raise RuntimeError(f"no report came out of {tree}; its console ended with:\n{said[-3000:]}")
    code = int((tree / f"{REPORT}.code").read_text())
    return Booted(report.read_text(encoding="utf-8", errors="replace"), code, time.monotonic() - begun)


def _prepare(tree: Path, script: str, *, cut: bool) -> None:
    for name in (REPORT, f"{REPORT}.code"):
        (tree / name).unlink(missing_ok=True)
    (tree / "root/examine").write_text(script, encoding="utf-8")
    end = "" if cut else "; systemctl poweroff --no-block"
    code = f"echo $? > /{REPORT}.new; sync; mv /{REPORT}.new /{REPORT}.code"
    unit = f"""\
        [Unit]
        Description=The examination
        After=multi-user.target
        [Service]
        Type=exec
        ExecStart=/bin/sh -c 'sh /root/examine > /{REPORT} 2>&1; {code}{end}'
        """
    units = tree / "etc/systemd/system"
    (units / "examination.service").write_text(textwrap.dedent(unit), encoding="utf-8")
    wants = units / "multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    link = wants / "examination.service"
    link.unlink(missing_ok=True)
    link.symlink_to("../examination.service")
    (tree / "etc/machine-id").write_text("", encoding="utf-8")


def start_script(tree: Path, also: str = "") -> str:
    """The first program in the namespaces: mounts what a kernel would have, does what `also` says, and becomes systemd."""
    nodes = "\n".join(f"mknod -m 666 {tree}/dev/{name} c {major} {minor}" for name, (major, minor) in _NODES.items())
    return f"""\
set -e
mount --make-rprivate /
mount --rbind {tree} {tree}
mount -t proc proc {tree}/proc
mount -t sysfs sysfs {tree}/sys
mount -t tmpfs -o mode=755 tmpfs {tree}/dev
{nodes}
mkdir -p {tree}/dev/pts {tree}/dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts {tree}/dev/pts
ln -s pts/ptmx {tree}/dev/ptmx
ln -s /proc/self/fd {tree}/dev/fd
mount -t tmpfs -o mode=1777 tmpfs {tree}/dev/shm
mount -t tmpfs -o mode=755 tmpfs {tree}/run
mount -t tmpfs -o mode=1777 tmpfs {tree}/tmp
mkdir -p {tree}/sys/fs/cgroup
mount -t tmpfs tmpfs {tree}/sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 cgroup2 {tree}/sys/fs/cgroup
ip link set lo up
hostname station
{also}cd {tree}
mkdir -p .before
pivot_root . .before
umount -l /.before
# As on a device: credentials are mounted by a process of systemd's, and have to be seen by it and by the units.
mount --make-rshared /
exec env -i container=x PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 /sbin/init systemd.unit=multi-user.target
"""


def remove(group: Path) -> None:
    """A cgroup goes when its last process has; what hangs is killed, those below go first."""
    for _ in range(100):
        for procs in group.rglob("cgroup.procs"):
            for number in procs.read_text().split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(number), signal.SIGKILL)
        try:
            for path in sorted((p for p in group.rglob("*") if p.is_dir()), reverse=True):
                path.rmdir()
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
