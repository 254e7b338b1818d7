"""A release as one file: a tar archive that begins with its manifest and the signatures over it.

Nothing is believed before it is checked: first the two documents (of bounded size), the signature over the manifest, then each
member must be the one the manifest names at this place, with its size and sha256, and nothing may follow.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from .documents import sync_folder
from .errors import BundleRefused
from .keys import must_be_signed
from .manifest import LARGEST_MANIFEST, Manifest, expected, manifest_in
from .tarball import BLOCK, Entry, entries, header, padding

MANIFEST, SIGNATURES = "manifest.json", "signatures.json"
SUFFIX = ".bundle"
_LARGEST_SIGNATURES = 20_000
_PIECE = 1 << 20

Progress = Callable[[float], None]


def bundle_name(version: str) -> str:
    """The file's name."""
    return f"capture-station-{version}{SUFFIX}"


def write_bundle(file: BinaryIO, manifest: Manifest, signatures: Mapping[str, str], paths: Mapping[str, Path]) -> None:
    """Write a bundle; `paths` says where each member's bytes are, `signatures` maps key ids to hex."""
    for name, body in ((MANIFEST, manifest.document()), (SIGNATURES, json.dumps(dict(signatures)).encode())):
        file.write(header(Entry(name, len(body))) + body + padding(len(body)))
    for member in manifest.members:
        file.write(header(expected(member)))
        with paths[member.name].open("rb") as source:
            shutil.copyfileobj(source, file, _PIECE)
        file.write(padding(member.size))
    file.write(bytes(2 * BLOCK))


def signed_manifest(file: BinaryIO, trusted: Mapping[str, bytes]) -> Manifest:
    """The manifest, its signature checked; only the first blocks are read. Raises `BundleRefused`."""
    return _manifest(file, entries(file), trusted)


def verify_bundle(file: BinaryIO, trusted: Mapping[str, bytes], progress: Progress = lambda _: None) -> Manifest:
    """Read and check every byte, write none. `progress` hears the part done, 0 to 1. Raises `BundleRefused`, `OSError`."""
    found = entries(file)
    manifest = _manifest(file, found, trusted)
    _members(file, found, manifest, lambda _: None, progress)
    return manifest


def unpack_bundle(
    file: BinaryIO, trusted: Mapping[str, bytes], folder: Path, progress: Progress = lambda _: None
) -> Manifest:
    """Check every byte once more while writing it below `folder` (made anew, 0700), which is gone again when anything is wrong.

    Files are read as they are verified, so nobody can change them between. Raises `BundleRefused`, `OSError` (no space).
    """
    found = entries(file)
    manifest = _manifest(file, found, trusted)
    folder.mkdir(mode=0o700)
    writer = _Writer(folder)
    try:
        _must_fit(folder, manifest)
        try:
            _members(file, found, manifest, writer, progress)
        finally:
            writer.close()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    sync_folder(folder)
    return manifest


class _Writer:
    """Called with a member's entry before its bytes, then with them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None

    def __call__(self, piece: Entry | bytes) -> None:
        if isinstance(piece, Entry):
            self.close()
            path = self._folder / piece.name
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644), "wb")
        elif self._file is not None:
            self._file.write(piece)

    def close(self) -> None:
        """Make what was written durable."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None


def _manifest(file: BinaryIO, found: Iterator[Entry], trusted: Mapping[str, bytes]) -> Manifest:
    document = _document(file, found, MANIFEST, LARGEST_MANIFEST)
    try:
        signatures = dict(json.loads(_document(file, found, SIGNATURES, _LARGEST_SIGNATURES)))
    except (ValueError, TypeError) as error:
        raise _not_one() from error
    must_be_signed(document, {str(name): str(hexed) for name, hexed in signatures.items()}, trusted)
    return manifest_in(document)


def _document(file: BinaryIO, found: Iterator[Entry], name: str, largest: int) -> bytes:
    entry = next(found, None)
    if entry is None or entry.name != name or entry.size > largest:
        raise _not_one()
    body = file.read(entry.size)
    if len(body) != entry.size or any(file.read(-entry.size % BLOCK)):
        raise _not_one()
    return body


def _members(
    file: BinaryIO,
    found: Iterator[Entry],
    manifest: Manifest,
    take: Callable[[Entry | bytes], None],
    progress: Progress,
) -> None:
    done, total = 0, max(1, manifest.size)
    for member in manifest.members:
        if next(found, None) != expected(member):
            raise _damaged(member.name)
        take(expected(member))
        digest, left = sha256(), member.size
        while left:
            piece = file.read(min(left, _PIECE))
            if not piece:
                raise _damaged(member.name)
            digest.update(piece)
            take(piece)
            left -= len(piece)
            done += len(piece)
            progress(done / total)
        if digest.hexdigest() != member.sha256 or any(file.read(-member.size % BLOCK)):
            raise _damaged(member.name)
    if next(found, None) is not None:
        raise _damaged("…")


def _must_fit(folder: Path, manifest: Manifest) -> None:
    free, needed = (
        shutil.disk_usage(folder).free,
        4 * manifest.size,
    )  # the copy, the environment it becomes, and room to live
    if free < needed:
        raise BundleRefused(
            f"存储空间不足：需要 {needed / 1e6:.0f} MB，只剩 {free / 1e6:.0f} MB；请先让照片上传并清理",
            f"{needed / 1e6:.0f} MB of space are needed, {free / 1e6:.0f} MB are left: let captures be delivered first",
        )


def _damaged(name: str) -> BundleRefused:
    return BundleRefused(
        f"更新包内容与签名的清单不符（{name}）：请重新复制或下载",
        f"the bundle is not what its signed manifest says ({name}): copy or download it again",
    )


def _not_one() -> BundleRefused:
    return BundleRefused(
        "这不是采集站的更新包，或已损坏；文件名应为 capture-station-….bundle",
        "this is no bundle of a capture station, or it is damaged: its name is like capture-station-….bundle",
    )
