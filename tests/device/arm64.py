"""A Debian for the Raspberry Pi's processor, run program by program on this machine: qemu translates, the kernel is this one's.

The translator is trixie's qemu-user, version 10 (LiteRT crashes under bookworm's 7.2); the processor is the Pi 4's. The tree is
made once and kept. Python packages are the locked ones for aarch64, checked by hash and put in place from outside, since pip itself
would take minutes under translation.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rootfs

from provisioning.bundler.gather import gather_source, gather_wheels

ROOT = Path(__file__).resolve().parents[2]
BINFMT = Path("/proc/sys/fs/binfmt_misc")
NAME = "capture-station-aarch64"
SUITE, PYTHON = "bookworm", "3.11"
INCLUDED = "python3,libzbar0,libstdc++6"  # no certificates: hashing them takes minutes under translation
CPU = "cortex-a72"
# The head of an ELF program for aarch64 (elf(5): 64 bits, little endian, executable or shared, machine 183), and what of it counts.
_MAGIC = rb"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
_MASK = rb"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"


@contextmanager
def translated() -> Iterator[None]:
    """Programs for aarch64 run on this machine. Raises `OSError` where the kernel takes no such entry."""
    layer, _ = rootfs.with_packages("trixie", "qemu-user")
    if not (BINFMT / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", str(BINFMT)], check=True, capture_output=True)
    if (BINFMT / NAME).exists():
        (BINFMT / NAME).write_text("-1")
    # F: the interpreter is opened now, so it need not lie in the tree. P: a program learns its own name.
    interpreter = bytes(layer / "usr/bin/qemu-aarch64")
    (BINFMT / "register").write_bytes(b":".join((b"", NAME.encode(), b"M", b"", _MAGIC, _MASK, interpreter, b"PF")))
    try:
        yield
    finally:
        (BINFMT / NAME).write_text("-1")


def debian() -> Path:
    """The unpacked base; call it within `translated`. Raises `CalledProcessError` when mmdebstrap fails."""
    tree = rootfs.CACHE / f"{SUITE}-arm64"
    if not (tree / ".complete").is_file():
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir(parents=True)
        options = ["--arch=arm64", "--variant=minbase", "--skip=check/qemu", f"--include={INCLUDED}"]
        subprocess.run(["mmdebstrap", "-q", *options, SUITE, str(tree)], check=True)
        (tree / "etc/ssl/certs").mkdir(parents=True, exist_ok=True)  # `rootfs.entered` puts this machine's there
        (tree / ".complete").touch()
    return tree


def put_station(tree: Path, scratch: Path, networks: Path) -> None:
    """Rooms, locked wheels for aarch64 and networks, below `/opt/station` of `tree`. Raises `CannotGather`."""
    station = tree / "opt/station"
    gather_source(ROOT, station)
    gather_wheels(ROOT, scratch / "wheels", "aarch64", [PYTHON])
    wheels = sorted(map(str, (scratch / "wheels").glob("*.whl")))
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-index",
        "--no-deps",
        "--no-compile",
        "--only-binary=:all:",
    ]
    command += ["--target", str(station / "packages"), "--python-version", PYTHON, "--implementation", "cp"]
    for tag in (
        "manylinux_2_36",
        "manylinux_2_34",
        "manylinux_2_31",
        "manylinux_2_28",
        "manylinux_2_27",
        "manylinux_2_17",
    ):
        command += ["--platform", f"{tag}_aarch64"]
    subprocess.run([*command, "--platform", "manylinux2014_aarch64", *wheels], check=True)
    shutil.copytree(networks, station / "networks")


def run(tree: Path, *arguments: str, timeout: float = 900) -> subprocess.CompletedProcess[str]:
    """The station's program in `tree`, translated."""
    environment = (
        "PYTHONPATH=/opt/station:/opt/station/packages",
        "STATION_NETWORKS=/opt/station/networks",
        f"QEMU_CPU={CPU}",
    )
    return rootfs.inside(tree, "env", *environment, "python3", "-m", "appliance.cli", *arguments, timeout=timeout)
