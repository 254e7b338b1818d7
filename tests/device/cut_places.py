"""Where a station can be whose power is cut: a machine with a kernel of its own, or a container of this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import rootfs
from cut_container import CutContainer, furnish
from cut_machine import TAP, CutMachine
from station_disk import HOST, user_mode_disk, user_mode_trees
from user_mode_kernel import program
from volatile_loop import NEEDED

Switched = CutMachine | CutContainer
TREES = "POWER_CUT_TREES"


@dataclass(frozen=True, slots=True)
class Where:
    """A kind of place, and the programs it needs."""

    name: str
    needed: tuple[str, ...]


MACHINE = Where("machine", ("nbdkit", "unshare", "debootstrap", "mke2fs", "ip"))
CONTAINER = Where("container", (*MACHINE.needed, *NEEDED, "script"))


def inside_a_network_of_its_own(where: Where) -> tuple[Path, ...]:
    """Start this program anew where nothing but the machine can be reached; returns there, with what it needs made before."""
    if TREES not in os.environ:
        if where == MACHINE:
            program()
        os.environ[TREES] = ":".join(map(str, user_mode_trees()))
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    for command in (
        "ip link set lo up", f"ip tuntap add dev {TAP} mode tap", f"ip addr add {HOST}/30 dev {TAP}", f"ip link set {TAP} up",
    ):  # fmt: skip
        subprocess.run(command.split(), check=True)
    return tuple(map(Path, os.environ[TREES].split(":")))


@contextmanager
def place(where: Where, folder: Path, trees: tuple[Path, ...]) -> Iterator[Callable[[str], Switched]]:
    """What switches the station on, with its root and its data in `folder`; both stay from one switching-on to the next."""
    subprocess.run(["mke2fs", "-q", "-t", "ext4", str(folder / "data.img"), "2G"], check=True)
    if where == MACHINE:
        subprocess.run(["cp", "--sparse=always", str(user_mode_disk(trees)), str(folder / "disk.img")], check=True)
        yield lambda script: CutMachine(folder, script)
        return
    with rootfs.layered(*trees, upper=folder / "root") as tree:
        furnish(tree)
        yield lambda script: CutContainer(folder, tree, script)
