"""A whole Debian machine with its own kernel, radios, pins and disk: boots an image, runs a script inside, brings its report back.

With KVM where the kernel lets us, else with qemu's own translation (TCG), about eight times slower. Report, exit code and whatever
else the script wants to hand over lie in a folder shared by 9p at `/srv/share` in the guest; the report's lines are shown as they
come.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from machine_image import Image
from machine_report import Report, Running

KVM_CREATE_VM = 0xAE01  # linux/kvm.h
TRANSLATED_SLOWER = 8.0
PATIENCE = "systemd.default_device_timeout_sec=600"  # a translated machine beside other work finds its disks late


@cache
def accelerated() -> bool:
    """Whether KVM gives us a machine that runs the processor's own way.

    The device may be there and refuse; or the kernel makes up for a processor without virtualisation by interpreting the guest's
    kernel instruction by instruction, far slower than qemu's translation and not knowing every instruction.
    """
    flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split()
    if "vmx" not in flags and "svm" not in flags:
        return False
    try:
        with Path("/dev/kvm").open("rb+", buffering=0) as device:
            os.close(fcntl.ioctl(device, KVM_CREATE_VM, 0))
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class VirtualMachine:
    """A machine to be switched on, as often as wanted.

    image: kernel and disk, by `machine_image.image(Recipe(...))`.
    disk: a disk to write to in place of the image's, as qemu names it (a raw file, `nbd+unix:///?socket=...`). Without it the
        machine writes to a layer that is forgotten when it is switched off.
    cache: qemu's cache mode for `disk`; `writeback` hands every flush of the guest on.
    memory_mb, processors: what the machine has.
    network: whether it reaches this machine at 10.0.2.2, and nothing of it is reachable (user networking).
    lean: start the script in place of systemd: 3 s sooner; no units, no udev.
    kernel: more kernel arguments. arguments: more qemu arguments.
    """

    image: Image
    disk: str = ""
    cache: str = "writeback"
    memory_mb: int = 2048
    processors: int = 2
    network: bool = False
    lean: bool = False
    kernel: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()

    def start(self, share: Path, script: str) -> Running:
        """Switch it on; `script` (sh, root) runs in `share`, the guest's `/srv/share`. The console is in `share/console.log`."""
        share.mkdir(parents=True, exist_ok=True)
        for name in ("report", "code", "console.log"):
            (share / name).unlink(missing_ok=True)
        (share / "script").write_text(script, encoding="utf-8")
        with (share / "qemu.log").open("wb") as log:
            process = subprocess.Popen(self.command(share), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return Running(process, share, time.monotonic())

    def run(self, share: Path, script: str, timeout: float = 300, tell: Callable[[str], None] = print) -> Report:
        """Switch it on, wait for its report: `timeout` seconds, eight times that without KVM. Raises `RuntimeError`."""
        running = self.start(share, script)
        try:
            return running.wait(timeout if accelerated() else timeout * TRANSLATED_SLOWER, tell)
        finally:
            running.kill()

    def command(self, share: Path) -> list[str]:
        """The qemu command line."""
        speed = ("kvm", "host") if accelerated() else ("tcg,thread=multi,tb-size=512", "max")
        keep = "off" if self.disk else "on"
        drive = f"file={self.disk or self.image.disk},if=virtio,format=raw,cache={self.cache},snapshot={keep}"
        init = ("init=/usr/local/sbin/examine",) if self.lean else ("systemd.unit=multi-user.target",)
        kernel = " ".join(
            (
                "root=/dev/vda",
                "rw",
                "console=ttyS0",
                "quiet",
                "panic=-1",
                "mitigations=off",
                PATIENCE,
                *init,
                *self.kernel,
            )
        )
        net = ["-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net"] if self.network else ["-nic", "none"]
        return [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-accel", speed[0], "-cpu", speed[1], "-smp", str(self.processors), "-m", str(self.memory_mb),
            "-kernel", str(self.image.kernel), "-initrd", str(self.image.initrd), "-append", kernel,
            "-drive", drive, *net, "-device", "virtio-rng-pci",
            "-virtfs", f"local,path={share},mount_tag=share,security_model=none",
            "-serial", f"file:{share}/console.log", *self.arguments,
        ]  # fmt: skip
