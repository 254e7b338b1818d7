"""One switching-on of the installed station in a container of this machine: its own systemd, its own units.

What it shares with this machine is the kernel. Its power goes like this: every process is frozen at once, the disk with the data is
killed together with its cache, and then every process. What the kernel had not flushed has nowhere to go any more.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from uuid import uuid4

import container
from cut_machine import Heard
from station_disk import HOST
from volatile_loop import VolatileLoop

FROZEN_S = 5.0
UNITS = ("station", "station-delivery")
BOOT_ID = "[Service]\nBindReadOnlyPaths=/srv/share/boot_id:/proc/sys/kernel/random/boot_id\n"
EXAMINE = """\
#!/bin/sh
cd /srv/share
sh ./script >report 2>&1
echo $? >code.part && mv code.part code
sync
systemctl poweroff --no-block
"""
DATA_UNIT = """\
[Unit]
Description=The partition with the station's data, mounted when the power came
Before=station-firstboot.service station.service station-delivery.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -euc 'chown station: /var/lib/station; chmod 700 /var/lib/station'
[Install]
RequiredBy=station-firstboot.service station.service station-delivery.service
"""


def furnish(tree: Path) -> None:
    """What differs from the machine's disk in the mounted `tree`: the data is there already, the share too, nothing goes by NBD."""
    (tree / "usr/local/sbin/examine").write_text(EXAMINE, encoding="utf-8")
    unit = (
        tree / "etc/systemd/system/examination.service"
    )  # looks while the station starts: it is two programs on a real disk too
    unit.write_text(unit.read_text().replace("After=multi-user.target", "After=station-firstboot.service"))
    (tree / "etc/systemd/system/station-data.service").write_text(DATA_UNIT, encoding="utf-8")
    for name in UNITS:
        (tree / f"etc/systemd/system/{name}.service.d").mkdir(exist_ok=True)
        (tree / f"etc/systemd/system/{name}.service.d/boot-id.conf").write_text(BOOT_ID, encoding="utf-8")
    (tree / "srv/share").mkdir(parents=True, exist_ok=True)


class CutContainer:
    """The station in the mounted `tree`, its data on `folder/data.img`, switched on with `script`; its power can be cut."""

    def __init__(self, folder: Path, tree: Path, script: str) -> None:
        self._share, self._tree = folder / "share", tree
        (self._share / "script").write_text(script, encoding="utf-8")
        for name in ("report", "code", "serial"):
            (self._share / name).unlink(missing_ok=True)
        os.mkfifo(self._share / "serial")
        (self._share / "serial").chmod(0o666)
        (self._share / "boot_id").write_text(f"{uuid4()}\n")  # the kernel's own stays the same
        self._data = VolatileLoop(folder / "data.img", HOST)
        self._data.switch_on()
        self.heard = Heard()
        descriptor = os.open(self._share / "serial", os.O_RDONLY | os.O_NONBLOCK)
        self._held = os.open(
            self._share / "serial", os.O_WRONLY
        )  # else the line ends with the first program that closes it
        os.set_blocking(descriptor, True)
        self._listener = threading.Thread(target=self.heard.listen, args=(descriptor,), daemon=True)
        self._listener.start()
        start = tree / "root/.boot"
        start.write_text(container.start_script(tree, also=self._mounts()), encoding="utf-8")
        self._group = container.CGROUPS / f"power-cut-{os.getpid()}-{time.monotonic_ns()}"
        self._group.mkdir()
        enter = (
            f"echo $$ > {self._group}/cgroup.procs; exec unshare --fork --pid --mount --uts --ipc --cgroup sh {start}"
        )
        self.since = time.monotonic()
        with (self._share / "console.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["script", "-qec", f"sh -c '{enter}'", "/dev/null"], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        threading.Thread(target=self._hang_up, daemon=True).start()

    def cut(self) -> None:
        """The power is gone: every process stops, the disk forgets its cache, and nothing of it runs any more."""
        frozen = time.monotonic() + FROZEN_S
        (self._group / "cgroup.freeze").write_text("1")
        while "frozen 1" not in (self._group / "cgroup.events").read_text() and time.monotonic() < frozen:
            time.sleep(0.002)
        self._data.lose_power()
        (self._group / "cgroup.kill").write_text("1")
        self._process.wait()
        container.remove(self._group)
        self._data.put_away()
        self._listener.join(10)

    def wait_ended(self, seconds: float) -> str:
        """Wait until it has switched itself off; what its script said. Raises `RuntimeError` when the script failed."""
        self._process.wait(seconds)
        report = (self._share / "report").read_text(encoding="utf-8", errors="replace")
        code = self._share / "code"
        if not code.is_file() or code.read_text().strip() != "0":
            raise RuntimeError(f"the machine's script failed:\n{report[-3000:]}\n{self.console()}")
        return report

    def _hang_up(self) -> None:
        """With the machine's end the serial line ends."""
        self._process.wait()
        os.close(self._held)

    def console(self) -> str:
        """The end of what its systemd said."""
        return (self._share / "console.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def _mounts(self) -> str:
        tree = self._tree
        return f"""\
mount --bind {self._share} {tree}/srv/share
touch {tree}/dev/ttyS0
mount --bind {self._share}/serial {tree}/dev/ttyS0
mount -t ext4 {self._data.device} {tree}/var/lib/station
"""
