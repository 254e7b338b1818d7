"""The clients' failures become errors that say what to do. Their words are those of pip 23 to 26 and npm 9 to 11."""

from __future__ import annotations

import pytest

from models.errors import ClientMissing, FetchFailed, PackageUnavailable, RegistryUnreachable
from models.packages import Archive, Clients, fetch

PIP_OFFLINE = """\
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by \
'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new \
connection: [Errno -3] Temporary failure in name resolution')': /simple/faces/
ERROR: Could not find a version that satisfies the requirement faces==1.0 (from versions: none)
ERROR: No matching distribution found for faces==1.0
"""
PIP_NO_VERSION = """\
ERROR: Could not find a version that satisfies the requirement faces==1.0 (from versions: 0.1, 0.2)
ERROR: No matching distribution found for faces==1.0
"""
NPM_OFFLINE = """\
npm error code EAI_AGAIN
npm error syscall getaddrinfo
npm error request to the registry failed, reason: getaddrinfo EAI_AGAIN
"""
NPM_NO_VERSION = """\
npm error code ETARGET
npm error notarget No matching version found for @maker/faces@1.0.
"""


@pytest.mark.parametrize(
    ("registry", "package", "file"),
    [("pypi", "big-faces", "big_faces-1.0-py3-none-any.whl"), ("npm", "@maker/faces", "maker-faces-1.0.tgz")],
)
def test_an_archive_is_fetched_under_the_name_its_client_gives_it(shelf, tmp_path, registry, package, file):
    archive = shelf.put(registry, package, {"net": b"network"})
    seen: list[int] = []
    path = fetch(archive, tmp_path / "here", seen.append, shelf.clients)
    assert path.name == file
    assert [entry.name for entry in path.parent.iterdir()] == [file]
    assert path.stat().st_size == archive.size


@pytest.mark.parametrize(
    ("verb", "words", "expected", "says"),
    [
        ("download", PIP_OFFLINE, RegistryUnreachable, "no connection to PyPI"),
        ("download", PIP_NO_VERSION, PackageUnavailable, "does not have it"),
        ("download", "/usr/bin/python3: No module named pip\n", ClientMissing, "ensurepip"),
        ("download", "ERROR: No space left on device\n", FetchFailed, "No space left on device"),
        ("pack", NPM_OFFLINE, RegistryUnreachable, "no connection to the npm registry"),
        ("pack", NPM_NO_VERSION, PackageUnavailable, "does not have it"),
        ("pack", "npm error code ECONNREFUSED\n", RegistryUnreachable, "no connection"),
    ],
)
def test_what_the_client_says_decides_the_error(shelf, tmp_path, verb, words, expected, says):
    archive = Archive("pypi" if verb == "download" else "npm", "faces", "1.0", 10)
    shelf.refuse(verb, words)
    with pytest.raises(FetchFailed, match=says) as caught:
        fetch(archive, tmp_path / "here", lambda _: None, shelf.clients)
    assert type(caught.value) is expected
    assert "faces 1.0" in str(caught.value)


def test_a_client_that_says_yes_and_brings_nothing(shelf, tmp_path):
    with pytest.raises(FetchFailed, match="left no"):
        fetch(Archive("pypi", "faces", "1.0", 10), tmp_path / "here", lambda _: None, shelf.clients)


def test_without_npm_fetching_alone_says_so(tmp_path):
    clients = Clients(npm=(str(tmp_path / "npm"),))
    with pytest.raises(ClientMissing, match="npm is needed"):
        fetch(Archive("npm", "faces", "1.0", 10), tmp_path / "here", lambda _: None, clients)
