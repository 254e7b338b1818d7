"""Disks for virtual machines: a Debian tree of `rootfs.py` with a kernel and what a recipe names, as an ext4 file.

What a recipe makes is kept in the cache under the hash of the recipe, so the second run starts at once. Needs root, debootstrap,
mke2fs and, the first time, the distribution's packages.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import rootfs

CACHE = rootfs.CACHE.parent / "machines"
KERNEL = ("linux-image-amd64", "initramfs-tools", "kmod", "zstd")
APT = "DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends"
LONGEST_S = 3600.0  # a recipe may build a kernel
# The first program of our own in the machine: takes the script from the share, brings report and exit code back, switches off.
EXAMINE = """\
#!/bin/sh
if [ $$ = 1 ]; then  # a lean machine: this is its init
    export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
    mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /tmp
    mkdir -p /dev/pts /dev/shm; mountpoint -q /dev/pts || mount -t devpts -o ptmxmode=666 devpts /dev/pts
    mountpoint -q /dev/shm || mount -t tmpfs tmpfs /dev/shm
    ip link set lo up
fi
mkdir -p /srv/share
share=$(sed -n 's/.*station.share=\\([^ ]*\\).*/\\1/p' /proc/cmdline)
if [ -n "$share" ]; then
    # User Mode Linux, from 6.11 on and before
    mount -t hostfs none /srv/share -o "hostfs=$share" 2>/dev/null || mount -t hostfs none /srv/share -o "$share"
else
    modprobe -q 9pnet_virtio
    mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 share /srv/share
fi
cd /srv/share
if [ $$ = 1 ]; then setsid -w sh ./script >report 2>&1; else sh ./script >report 2>&1; fi
echo $? >code.part && mv code.part code
sync
if [ $$ = 1 ] && [ -e /proc/sysrq-trigger ]; then echo o >/proc/sysrq-trigger; sleep 60; fi
systemctl poweroff --force --force
"""
UNIT = """\
[Unit]
Description=The examination
After=multi-user.target
[Service]
Type=exec
ExecStart=/usr/local/sbin/examine
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a machine consists of.

    `packages` come from `suite` itself, `backports` from its backports. `prepare` is a shell script (root, network) run in the tree
    after both; what it leaves in the tree belongs to the disk.
    """

    name: str
    suite: str = "trixie"
    packages: tuple[str, ...] = ()
    backports: tuple[str, ...] = ()
    prepare: str = ""

    @property
    def place(self) -> Path:
        """Where in the cache it lies."""
        return CACHE / f"{self.name}-{digest([asdict(self), KERNEL, rootfs.BASE])}"


@dataclass(frozen=True, slots=True)
class Image:
    """A bootable disk: ext4 without partitions, with the kernel and the initial RAM disk that belong to it."""

    disk: Path
    kernel: Path
    initrd: Path


def layers(recipe: Recipe) -> tuple[Path, ...]:
    """The trees of a recipe for `rootfs.layered`, topmost first; made when not there. Raises `RuntimeError` with what failed."""
    place = recipe.place
    with _alone(place):
        if not (place / ".complete").is_file():
            begun = time.monotonic()
            print(f"machine {recipe.name}: making its tree, some minutes the first time", flush=True)
            shutil.rmtree(place, ignore_errors=True)
            base = rootfs.debian(recipe.suite)
            with rootfs.layered(base, upper=place / "tree") as tree, rootfs.entered(tree):
                _furnish(tree, recipe)
            shutil.rmtree(place / "tree.work", ignore_errors=True)
            (place / ".complete").touch()
            print(f"machine {recipe.name}: tree made in {time.monotonic() - begun:.0f} s", flush=True)
    return place / "tree", rootfs.debian(recipe.suite)


def image(recipe: Recipe, size_gb: int = 6) -> Image:
    """The disk of a recipe as it is, kept in the cache; machines lay their changes over it (see `VirtualMachine`)."""
    trees = layers(recipe)
    place = recipe.place
    disk = place / f"disk-{digest([EXAMINE, UNIT, size_gb])}"
    with _alone(place):
        if not (disk / ".complete").is_file():
            with rootfs.layered(*trees, upper=place / "written") as tree:
                write(tree, disk, size_gb)
            for name in ("written", "written.work", "written.merged"):
                shutil.rmtree(place / name, ignore_errors=True)
            (disk / ".complete").touch()
    return _at(disk)


def write(tree: Path, folder: Path, size_gb: int = 6) -> Image:
    """Write `tree` to `folder/disk.img` (sparse, `size_gb`), its kernel beside. Raises `CalledProcessError`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (tree / "usr/local/sbin/examine").write_text(EXAMINE, encoding="utf-8")
    (tree / "usr/local/sbin/examine").chmod(0o755)
    units = tree / "etc/systemd/system"
    (units / "examination.service").write_text(UNIT, encoding="utf-8")
    (units / "multi-user.target.wants").mkdir(exist_ok=True)
    link = units / "multi-user.target.wants/examination.service"
    link.unlink(missing_ok=True)
    link.symlink_to("../examination.service")
    (tree / "etc/machine-id").write_text("", encoding="utf-8")
    (tree / "etc/hostname").write_text("station\n", encoding="utf-8")
    made = _at(folder)
    shutil.copy(max((tree / "boot").glob("vmlinuz-*")), made.kernel)
    shutil.copy(max((tree / "boot").glob("initrd.img-*")), made.initrd)
    command = ["mke2fs", "-q", "-t", "ext4", "-L", "station", "-d", str(tree), str(made.disk), f"{size_gb}G"]
    subprocess.run(command, check=True)
    return made


def digest(told: object) -> str:
    """What a thing in the cache is known by: the same for the same."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def _at(folder: Path) -> Image:
    return Image(folder / "disk.img", folder / "vmlinuz", folder / "initrd.img")


def _furnish(tree: Path, recipe: Recipe) -> None:
    """Kernel, packages and the recipe's own preparation, in a tree that is entered."""
    steps = [
        "apt-get update -qq",
        f"{APT} {' '.join((*KERNEL, *recipe.packages))}",
    ]
    if recipe.backports:
        backports = f"{recipe.suite}-backports"
        steps += [
            # The mirror the tree came from has them too.
            f"sed -n 's/ {recipe.suite} / {backports} /p' /etc/apt/sources.list >/etc/apt/sources.list.d/backports.list",
            f"apt-get update -qq && {APT} -t {backports} {' '.join(recipe.backports)}",
        ]
    if recipe.prepare:
        steps.append(recipe.prepare)
    steps.append("apt-get clean && rm -rf /var/lib/apt/lists/*")
    for step in steps:
        done = rootfs.inside(tree, "sh", "-euc", step, timeout=LONGEST_S)
        if done.returncode != 0:
            raise RuntimeError(f"machine {recipe.name}: {step[:120]!r} failed:\n{(done.stdout + done.stderr)[-3000:]}")


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Two runs at once make a machine only once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f".{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
