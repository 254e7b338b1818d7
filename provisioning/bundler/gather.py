"""What a release is made of: the sources that git knows, the locked wheels for a kind of machine, the networks."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from appliance.release.manifest import Member
from models.install import install

ROOMS = ("appliance", "firmware", "models", "provisioning", "systemd")
DOORS = ("README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "requirements-device.lock")
LONGEST_NAME = 100  # bytes of one part of a path in a ustar archive
LOCK = "requirements-device.lock"
TAGS = ("manylinux_2_36", "manylinux_2_34", "manylinux_2_31", "manylinux_2_28", "manylinux_2_27", "manylinux_2_17")


class CannotGather(RuntimeError):
    """Something a release needs is not to be had; the message says what and why."""


def gather_source(root: Path, folder: Path) -> None:
    """Copy what git tracks of the rooms that a device needs, as it lies in the checkout, to `folder`."""
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", *ROOMS, *DOORS], check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, folder / name)


def gather_wheels(root: Path, folder: Path, machine: str, pythons: Sequence[str]) -> None:
    """Fetch every locked package as a wheel for `machine` and each of `pythons` (`3.11`), by its hash. Raises `CannotGather`."""
    folder.mkdir(parents=True, exist_ok=True)
    for python in pythons:
        options = ["--python-version", python, "--implementation", "cp", "--abi", f"cp{python.replace('.', '')}"]
        options += ["--abi", "abi3", "--abi", "none"]
        for tag in (*(f"{name}_{machine}" for name in TAGS), f"manylinux2014_{machine}", f"linux_{machine}", "any"):
            options += ["--platform", tag]
        command = [_interpreter(python), "-m", "pip", "download", "-q", "--progress-bar", "off", "--only-binary=:all:"]
        command += ["--require-hashes", "--no-deps", "-r", str(root / LOCK), "-d", str(folder), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise CannotGather(f"wheels for Python {python} on {machine}: {done.stderr.strip()[-1500:]}")
    for wheel in folder.glob("*.whl"):
        wheel.rename(wheel.with_name(short_name(wheel.name)))


def short_name(wheel: str) -> str:
    """A wheel's name that an archive can carry: of several platforms that would do, the first (PEP 425 joins them by dots)."""
    stem, tag = wheel.removesuffix(".whl").rsplit("-", 1)
    return wheel if len(wheel) < LONGEST_NAME else f"{stem}-{tag.partition('.')[0]}.whl"


def gather_debs(cache: Path, folder: Path) -> None:
    """Copy the packages of the distribution that lie in `cache` (`apt-get install --download-only` puts them in
    `/var/cache/apt/archives`) to `folder`, under names that an archive can carry. Raises `CannotGather` when there are none.
    """
    packages = sorted(cache.glob("*.deb"))
    if not packages:
        raise CannotGather(f"no packages (*.deb) in {cache}")
    folder.mkdir(parents=True, exist_ok=True)
    for number, package in enumerate(packages):
        shutil.copy(package, folder / f"{number:03}-{package.name.partition('_')[0].replace('+', '-')}.deb")


def gather_networks(folder: Path) -> None:
    """Bring every network into `folder`, each byte as its manifest pins it. Raises `DeliveryIncomplete`."""
    folder.mkdir(parents=True, exist_ok=True)
    install(folder)
    for path in folder.iterdir():
        if path.name.startswith("."):
            path.unlink()


def members_of(folder: Path) -> tuple[Member, ...]:
    """Every file below `folder`, by name, with size and sha256."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest = sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
        found.append(Member(path.relative_to(folder).as_posix(), path.stat().st_size, digest.hexdigest()))
    return tuple(found)


def _interpreter(python: str) -> str:
    """A Python of that version: pip decides by its own version which of two alternatives a lock file means."""
    if python == ".".join(map(str, sys.version_info[:2])):
        return sys.executable
    found = shutil.which(f"python{python}")
    if found is None:
        raise CannotGather(f"no python{python} here to gather its wheels with: install it, or name other --python")
    return found
