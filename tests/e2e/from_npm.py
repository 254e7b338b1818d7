"""Tools of the page's tests that live in the npm registry: pinned, checked, kept beside the environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

from models.errors import FetchFailed
from models.packages import Archive, fetch

TOOLS = Path(sys.prefix) / "share" / "station" / "tools"
AXE = Archive(
    registry="npm",
    package="axe-core",
    version="4.11.0",
    size=594_490,
    sha256="39bed7d72308f6d620789c169d699bfd7e8da80f65b545821a6b2215c3e83107",
)
TYPESCRIPT = Archive(
    registry="npm",
    package="typescript",
    version="5.9.3",
    size=4_377_468,
    sha256="10e108c9cf7d5f2879053dff18515fb405abf2ccef63eaaf017d9c571687a1d3",
)


def installed(archive: Archive) -> Path:
    """The unpacked package. Without a network the test is skipped, saying so; in CI that is a failure."""
    home = TOOLS / f"{archive.package}-{archive.version}"
    if home.is_dir():
        return home
    TOOLS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS) as scratch:
        try:
            file = fetch(archive, Path(scratch) / "fetched", lambda _received: None)
        except FetchFailed as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"{archive.title} could not be fetched: {error}")
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        assert digest == archive.sha256, f"{file.name}: sha256 {digest}, expected {archive.sha256}"
        with tarfile.open(file) as packed:
            packed.extractall(Path(scratch) / "unpacked", filter="data")
        shutil.move(Path(scratch) / "unpacked" / "package", home)
    return home
