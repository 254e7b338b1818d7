"""Keys on a disk of their own, made and bound by the real command: reading the whole disk afterwards finds none of them plain."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from raw_disk import lying_on

from appliance import board
from appliance.ledger.keyring import Keyring

pytestmark = pytest.mark.device


@pytest.fixture
def disk(can_boot: None, tmp_path: Path) -> Path:
    """An empty ext4."""
    image = tmp_path / "disk.img"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", str(image), "64M"], check=True)
    return image


@pytest.fixture(autouse=True)
def seal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What systemd would hand over."""
    secret = os.urandom(32).hex().encode()
    (tmp_path / "handed").mkdir()
    (tmp_path / "handed" / board.CREDENTIAL).write_bytes(secret)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "handed"))
    return secret


@contextmanager
def mounted(image: Path) -> Iterator[Path]:
    """The data folder on the disk; flushed and let go at the end."""
    place = image.with_name("mounted")
    place.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-o", "loop", str(image), str(place)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no loop device here: {done.stderr.strip()}")
    try:
        yield place / "station"
    finally:
        subprocess.run(["umount", str(place)], check=True)


def keys(data: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "appliance.cli", "keys", *arguments, "--data", str(data)], check=True)


def secrets_of(data: Path) -> dict[str, bytes]:
    carried = Keyring(data).carried()
    body = carried["station.pem"].splitlines()[1]  # a PKCS 8 Ed25519 key is one line of base64
    assert len(body) == 64
    return {"ledger key": carried["ledger.key"], "station key": body, "tls key": (data / "keys/tls.key").read_bytes()}


def test_keys_that_are_made_bound_never_lie_plain_on_the_disk(disk: Path, seal: bytes) -> None:
    with mounted(disk) as data:
        keys(data, "make", "--bind")
        wanted = {"seal": seal} | secrets_of(data)
    assert lying_on(disk, wanted) == {
        "tls key"
    }  # which is plain (provisioning/README.md), and shows that the search finds


def test_keys_that_were_plain_are_gone_once_they_are_bound(disk: Path) -> None:
    with mounted(disk) as data:
        keys(data, "make")
        wanted = secrets_of(data)
    assert lying_on(disk, wanted) == {"tls key", "ledger key", "station key"}
    with mounted(disk) as data:
        keys(data, "bind")
    assert lying_on(disk, wanted) == {"tls key"}
