"""`python3 -m provisioning.image.search TREE`: looks through a tree for anything that would be the same on every station.

Independent of `clean`: it reads contents, so that what a new package brings is found too. Exit code 1 when something is there.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_LARGEST = 1 << 20  # bytes; keys are small
# Keys that packages bring for their own tests open nothing; what a station uses never lies among programs.
_PROGRAMS = ("usr/include/", "usr/lib/", "usr/share/", "usr/bin/", "usr/libexec/", "lib/")
_PACKAGES = re.compile(
    r"^opt/capture-station/releases/[^/]+/lib/python[^/]+/site-packages/(?!appliance|firmware|models)"
)
_AUTHORITIES = ("etc/ssl/certs/", "usr/share/ca-certificates/")
_PRIVATE_KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}")
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----\s+[A-Za-z0-9+/=]{4}")
_WIFI = re.compile(rb"^\s*(?:psk|password|wep-key0)\s*=\s*\S+", re.MULTILINE)
_NO_PASSWORD = {"!", "*", "!!", "!*", "*!"}


def secrets(tree: Path) -> Iterator[str]:
    """Each finding as path and reason."""
    yield from _identity(tree)
    yield from _accounts(tree)
    for path in _files(tree):
        name = str(path.relative_to(tree))
        if name.startswith(_PROGRAMS) or _PACKAGES.match(name):
            continue
        content = path.read_bytes()
        if _PRIVATE_KEY.search(content):
            yield f"{name}: a private key"
        if _CERTIFICATE.search(content) and not name.startswith(_AUTHORITIES) and not name.startswith("opt/"):
            yield f"{name}: a certificate"
        if name.startswith("etc/NetworkManager/system-connections/") and _WIFI.search(content):
            yield f"{name}: a passphrase"
        if name.startswith(("var/lib/station/", "etc/station/authority/")) or name.endswith("enrolment.toml"):
            yield f"{name}: data of one station"


def _identity(tree: Path) -> Iterator[str]:
    machine = tree / "etc/machine-id"
    if machine.is_file() and machine.read_text().strip() not in {"", "uninitialized"}:
        yield "etc/machine-id: the same on every copy"
    for path in sorted((tree / "etc/ssh").glob("ssh_host_*")):
        yield f"{path.relative_to(tree)}: an ssh host key"
    for name in (
        "var/lib/systemd/random-seed",
        "var/lib/systemd/credential.secret",
        "var/lib/NetworkManager/secret_key",
    ):
        if (tree / name).exists():
            yield f"{name}: the same on every copy"


def _accounts(tree: Path) -> Iterator[str]:
    shadow = tree / "etc/shadow"
    for line in shadow.read_text().splitlines() if shadow.is_file() else []:
        user, digest, *_ = line.split(":")
        if digest not in _NO_PASSWORD:
            yield f"etc/shadow: {user} can log in with a password"


def _files(tree: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(tree):
        names[:] = [
            name for name in names if not (Path(folder) == tree and name in {"proc", "sys", "dev", "run", "tmp"})
        ]
        for name in files:
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= _LARGEST:
                yield path


def main() -> int:
    """Say what was found."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "etc").is_dir():
        print("usage: python3 -m provisioning.image.search TREE", file=sys.stderr)
        return 2
    found = list(secrets(Path(sys.argv[1])))
    for line in found:
        print(f"search: {line}", file=sys.stderr)
    print(f"search: {len(found)} secrets found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
