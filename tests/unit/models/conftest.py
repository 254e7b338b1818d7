"""A shelf of small archives made on the spot, and clients that fetch from it."""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.delivery import Item
from models.packages import Archive, Clients, Registry


def zipped(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Shelf:
    """A folder that holds what a registry would."""

    folder: Path

    def put(self, registry: Registry, package: str, members: Mapping[str, bytes], *, version: str = "1.0") -> Archive:
        data = zipped(members) if registry == "pypi" else tarred(members)
        archive = Archive(registry, package, version, len(data), sha256(data))
        (self.folder / archive.pattern.replace("*", "py3-none-any")).write_bytes(data)
        return archive

    def refuse(self, verb: str, words: str) -> None:
        (self.folder / f"{verb}.refusal").write_text(words)

    def accept(self, verb: str) -> None:
        (self.folder / f"{verb}.refusal").unlink()

    @property
    def calls(self) -> list[str]:
        log = self.folder / "calls.log"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def clients(self) -> Clients:
        command = (sys.executable, str(Path(__file__).with_name("fake_client.py")), str(self.folder))
        return Clients(pip=command, npm=command)


def item(archive: Archive, member: tuple[str, ...], data: bytes, name: str = "eyes") -> Item:
    return Item(name, f"{name}.tflite", archive, member, len(data), sha256(data))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "shelf"
    folder.mkdir()
    return Shelf(folder)


@pytest.fixture
def make_item():
    return item


@pytest.fixture
def make_zip():
    return zipped


@pytest.fixture
def make_tar():
    return tarred
