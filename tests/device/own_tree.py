"""This machine's own Debian as a tree to boot, with the station put into it in seconds: what every CI run can afford.

The tree is this machine's root file system under a layer in memory, so nothing is fetched and nothing of it is changed. Into it go
the checkout's rooms as a release of their own, and every step of `provisioning/install` that writes to a system; the units that
start are the ones that ship. Three things differ from a device and are left to `make test-device`: Python packages and networks are
those of the environment that runs the tests (read-only, at another place), apt brings nothing, and the system is not a fresh one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import container
import rootfs
import station_tree

from provisioning.installer.context import PREFIX, ROOMS, Context
from provisioning.installer.release import COMPLETE, DOORS

PYTHON, PACKAGES = "/opt/python", "/opt/packages"  # where the tree sees this environment
_ENVIRONMENT = ((sys.base_prefix, PYTHON), (sys.prefix, PACKAGES))
NEEDED = {"dbus-daemon": "dbus", "udevadm": "udev", "nft": "nftables"}  # what the units call, and who brings it
NOT_HERE = ("machine", "apt", "swap")  # steps about the machine itself, not about the tree
_STEPS = f"""
from pathlib import Path
from provisioning.installer.__main__ import all_steps
from provisioning.installer.context import Context
context = Context(Path("/root/source"), start=False)
for step in all_steps():
    if step.wanted(context) and step.name not in {NOT_HERE} and not step.done(context):
        step.do(context)
        print(step.name)
"""
_PROGRAM = """#!{python}
import sys

from appliance.cli import main

sys.exit(main())
"""


def why_not() -> str | None:
    """What keeps this machine from booting a copy of itself; None when nothing does."""
    if os.geteuid() != 0:
        return "needs root"
    missing = [package for program, package in NEEDED.items() if shutil.which(program, path=rootfs.PATH) is None]
    if not Path("/lib/systemd/systemd").exists():
        missing.append("systemd-sysv")
    if missing:
        return f"needs packages; type: apt-get install {' '.join(missing)}"
    if not (container.CGROUPS / "cgroup.controllers").is_file() or not os.access(container.CGROUPS, os.W_OK):
        return f"needs control groups of version 2, to be written in {container.CGROUPS}"
    trial = ["unshare", "--fork", "--pid", "--mount", "--net", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    done = subprocess.run(trial, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"needs namespaces and mounts of its own: {done.stderr.strip()}"


@contextmanager
def station_in_own_tree(scratch: Path) -> Iterator[Path]:
    """The tree, ready for `container.boot`; unmounted at the end. Raises `RuntimeError` with what the installer said."""
    with ExitStack() as stack:
        memory = scratch / "memory"
        memory.mkdir()
        _mount(stack, memory, "-t", "tmpfs", "-o", "size=1g", "tmpfs")  # the layer may not lie within the tree below it
        tree = stack.enter_context(rootfs.layered(Path("/"), upper=memory / "upper"))
        for units in (tree / "etc/systemd/system").iterdir():  # what this machine starts is not asked for
            shutil.rmtree(units) if units.is_dir() and not units.is_symlink() else units.unlink()
        for source, place in _ENVIRONMENT:
            target = tree / place[1:]
            target.mkdir(parents=True)
            _mount(stack, target, "--bind", "-o", "ro", source)
        source = station_tree.copy_source(tree)
        _release(tree, source)
        station_tree.stand_in_camera(tree)
        # A Python with a shared library looks for it where it was built, which units do not see (ProtectHome=).
        (tree / "etc/ld.so.conf.d/00-python.conf").write_text(f"{PYTHON}/lib\n")
        with rootfs.entered(tree):
            rootfs.inside(tree, "ldconfig")
            environment = ("env", "PYTHONPATH=/root/source", "PYTHONDONTWRITEBYTECODE=1")
            done = rootfs.inside(tree, *environment, f"{PYTHON}/bin/python3", "-c", _STEPS)
        if done.returncode:
            raise RuntimeError(f"the installer's steps failed:\n{done.stdout}{done.stderr[-3000:]}")
        yield tree


def binds(tree: Path) -> list[str]:
    """Commands (sh) that show `tree`, layered over the one above, this environment: mounts do not shine through layers."""
    return [f"mount --bind -o ro {source} {tree}{place}\n" for source, place in _ENVIRONMENT]


@contextmanager
def bound(folder: Path, place: Path) -> Iterator[None]:
    """`folder` seen at `place` too."""
    with ExitStack() as stack:
        _mount(stack, place, "--bind", str(folder))
        yield


def _release(tree: Path, source: Path) -> None:
    """What the step `programs` makes, without pip: an environment whose packages lie elsewhere."""
    version = Context(source).version
    place = f"/{PREFIX}/releases/{version}"
    release = tree / place[1:]
    (release / "bin").mkdir(parents=True)
    name = "python{}.{}".format(*sys.version_info[:2])
    (release / "pyvenv.cfg").write_text(f"home = {PYTHON}/bin\ninclude-system-site-packages = false\n")
    (release / "bin/python").symlink_to(f"{PYTHON}/bin/{name}")
    program = release / "bin/station"
    program.write_text(_PROGRAM.format(python=f"{place}/bin/python"))
    program.chmod(0o755)
    packages = release / f"lib/{name}/site-packages"
    packages.mkdir(parents=True)
    (packages / "packages.pth").write_text(f"{PACKAGES}/lib/{name}/site-packages\n")
    for room in ROOMS:
        shutil.copytree(source / room, packages / room)
    for room in ("systemd", "provisioning"):
        shutil.copytree(source / room, release / room)
    for door in DOORS:
        shutil.copy(source / door, release / door)
    (release / "share/station").mkdir(parents=True)
    (release / "share/station/networks").symlink_to(f"{PACKAGES}/share/station/networks")
    (release / COMPLETE).write_text(f"{version}\n")


def _mount(stack: ExitStack, target: Path, *what: str) -> None:
    subprocess.run(["mount", *what, str(target)], check=True)
    stack.callback(subprocess.run, ["umount", str(target)], check=True)
