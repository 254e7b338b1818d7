"""A Debian tree to install into: made once by debootstrap, kept, and layered so that every run starts from the same one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What a Raspberry Pi OS Lite has too before anything is installed.
BASE = "systemd,systemd-sysv,dbus,udev,iproute2,ca-certificates,python3,python3-venv"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "capture-station" / "rootfs"


def debian(suite: str) -> Path:
    """The unpacked base of `suite` (bookworm, trixie). Raises `CalledProcessError` when debootstrap fails."""
    tree = CACHE / suite
    if not (tree / ".complete").is_file():
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir(parents=True)
        command = ["debootstrap", "--variant=minbase", f"--include={BASE}", suite, str(tree)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (tree / ".complete").touch()
    return tree


def with_packages(suite: str, *packages: str) -> tuple[Path, ...]:
    """The base of `suite` and, above it, a kept layer with `packages`; topmost first. Raises `CalledProcessError`."""
    base = debian(suite)
    layer = CACHE / f"{suite}-{'-'.join(sorted(packages))}"
    if not (layer / ".complete").is_file():
        shutil.rmtree(layer, ignore_errors=True)
        with layered(base, upper=layer) as tree, entered(tree):
            command = ("apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages)
            for one in (("apt-get", "update", "-qq"), ("env", "DEBIAN_FRONTEND=noninteractive", *command)):
                done = inside(tree, *one)
                if done.returncode:
                    raise subprocess.CalledProcessError(done.returncode, one, done.stdout, done.stderr)
        (layer / ".complete").touch()
    return layer, base


@contextmanager
def layered(*lower: Path, upper: Path) -> Iterator[Path]:
    """A tree of `lower` ones (the topmost first) whose changes land in `upper`; unmounted at the end."""
    work, merged = upper.with_name(f"{upper.name}.work"), upper.with_name(f"{upper.name}.merged")
    for folder in (upper, work, merged):
        folder.mkdir(parents=True, exist_ok=True)
    options = f"lowerdir={':'.join(map(str, lower))},upperdir={upper},workdir={work}"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(merged)], check=True)
    try:
        yield merged
    finally:
        subprocess.run(["umount", str(merged)], check=True)


@contextmanager
def entered(tree: Path) -> Iterator[None]:
    """The tree ready for commands inside it: names resolve, the registries' authorities are trusted, /proc and /dev are there."""
    for path in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):
        if Path("/", path).exists():
            (tree / path).unlink(missing_ok=True)
            shutil.copy(Path("/", path), tree / path)
    subprocess.run(["mount", "-t", "proc", "proc", str(tree / "proc")], check=True)
    subprocess.run(["mount", "--rbind", "/dev", str(tree / "dev")], check=True)
    subprocess.run(["mount", "--make-rslave", str(tree / "dev")], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-R", str(tree / "dev")], check=True)
        subprocess.run(["umount", str(tree / "proc")], check=True)


def inside(tree: Path, *command: str, timeout: float = 900) -> subprocess.CompletedProcess[str]:
    """Run `command` in the tree, with the plain environment of a machine that was just switched on."""
    environment = [f"PATH={PATH}", "HOME=/root", "LC_ALL=C.UTF-8"]
    return subprocess.run(
        ["chroot", str(tree), "env", "-i", *environment, *command],
        capture_output=True, text=True, check=False, timeout=timeout, stdin=subprocess.DEVNULL,
    )  # fmt: skip
