"""npm for one delivery, on a machine that has none: node and its npm out of a package of PyPI, checked by sha256, gone afterwards.

The distribution's npm is some 400 packages, needs root, and stays; it took four of an installation's eight minutes.
"""

from __future__ import annotations

import platform
import shutil
import tempfile
import tomllib
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from models.archives import digest_of, require_digest
from models.errors import ArchiveInvalid, ClientMissing, FetchFailed
from models.packages import Archive, Clients, fetch
from models.watch import Watch

TYPED = "sudo apt-get update && sudo apt-get install -y --no-install-recommends npm"


@dataclass(frozen=True, slots=True)
class Lender:
    """The wheel that brings npm: `node` its interpreter, `npm` the folder of npm's files, `program` what node runs."""

    archive: Archive
    node: str
    npm: str
    program: str


def lender(machine: str | None = None) -> Lender | None:
    """Who lends npm to this kind of machine (`platform.machine()`); None where nobody does."""
    table = tomllib.loads(Path(__file__).with_name("node.toml").read_text(encoding="utf-8"))
    row = table["machine"].get(machine or platform.machine())
    if row is None:
        return None
    archive = Archive("pypi", table["package"], table["version"], row["bytes"], row["sha256"])
    return Lender(archive, table["node"], table["npm"], table["program"])


def borrow_npm(stack: ExitStack, clients: Clients, beside: Path, watch: Watch, lent_by: Lender | None) -> Clients:
    """`clients` with an npm that works until `stack` ends; as they are when npm is there. It lies in `beside` meanwhile.

    Raises :class:`~models.errors.ClientMissing`, which says how to install npm instead.
    """
    if shutil.which(clients.npm[0]) is not None:
        return clients
    if lent_by is None:
        raise ClientMissing(f"npm is needed to fetch from the npm registry and is not installed; type: {TYPED}")
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=".npm-", dir=beside)))
    watch.started(lent_by.archive)
    try:
        wheel = fetch(lent_by.archive, folder / "wheel", lambda size: watch.received(lent_by.archive, size), clients)
        if lent_by.archive.sha256 is not None:
            require_digest(wheel.name, digest_of(wheel), lent_by.archive.sha256)
        node, program = _unpack(wheel, folder / "node", lent_by)
        wheel.unlink()
    except (FetchFailed, ArchiveInvalid, OSError) as error:
        raise ClientMissing(f"npm is not installed and could not be borrowed ({error}); or type: {TYPED}") from error
    finally:
        watch.finished(lent_by.archive)
    return replace(clients, npm=(str(node), str(program)))


def _unpack(wheel: Path, folder: Path, lent_by: Lender) -> tuple[Path, Path]:
    """Node and npm's files out of a wheel whose bytes are the pinned ones. Raises `ArchiveInvalid`."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name == lent_by.node or name.startswith(lent_by.npm)]
            if {lent_by.node, lent_by.program} - set(names) or any(".." in PurePosixPath(name).parts for name in names):
                raise ArchiveInvalid(f"{wheel.name}: no {lent_by.node} or {lent_by.program} in it")
            archive.extractall(folder, names)
    except zipfile.BadZipFile as error:
        raise ArchiveInvalid(f"{wheel.name}: cannot be read ({error})") from error
    (folder / lent_by.node).chmod(0o700)
    return folder / lent_by.node, folder / lent_by.program
