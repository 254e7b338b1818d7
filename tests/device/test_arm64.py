"""The judge on the Raspberry Pi's processor, translated: the same picture gets the same verdict as on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import arm64
import pytest
import rootfs
from sitter import a_sitter

pytestmark = [pytest.mark.device, pytest.mark.networks]
NEEDED = ("debootstrap", "mmdebstrap", "mount")
# Both run the same networks on processors that round differently; no measurement may differ by more than this part of its value,
# or by so much in its own unit where it is near nought.
APART, NEAR_NOUGHT = 0.05, 0.3


@pytest.fixture(scope="module")
def pi(tmp_path_factory: pytest.TempPathFactory, networks_dir: Path) -> Iterator[Path]:
    """A Debian for aarch64 with the station's programs in it; its programs run while the test does."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(lacking) or 'nothing else'}")
    folder = tmp_path_factory.mktemp("arm64")
    try:
        with arm64.translated():
            begun = time.monotonic()
            base = arm64.debian()
            print(f"\naarch64: a Debian in {time.monotonic() - begun:.0f} s")
            with rootfs.layered(base, upper=folder / "station") as tree:
                arm64.put_station(tree, folder, networks_dir)
                with rootfs.entered(tree):
                    yield tree
    except OSError as error:
        pytest.skip(f"this kernel does not translate programs for aarch64 (binfmt_misc): {error}")


def test_the_same_picture_gets_the_same_verdict(pi: Path, tmp_path: Path) -> None:
    picture = a_sitter(tmp_path)
    shutil.copy(picture, pi / "srv/sitter.jpg")
    machine = rootfs.inside(pi, "python3", "-c", "import platform; print(platform.machine())").stdout.strip()
    assert machine == "aarch64"
    command = ["check", "--json", "--jobs", "1", "--as", "capture"]
    here = subprocess.run(
        [sys.executable, "-m", "appliance.cli", *command, str(picture)], capture_output=True, text=True, check=False
    )
    begun = time.monotonic()
    there = arm64.run(pi, *command, "/srv/sitter.jpg")
    print(f"\nchecked under translation in {time.monotonic() - begun:.0f} s, exit code {there.returncode}")
    assert there.returncode in (0, 1), there.stderr
    assert there.returncode == here.returncode
    on_a_pi, on_this = _rules(there.stdout), _rules(here.stdout)
    assert {name: outcome for name, (outcome, _) in on_a_pi.items()} == {
        name: outcome for name, (outcome, _) in on_this.items()
    }
    apart = {
        name: (value, on_this[name][1]) for name, (_, value) in on_a_pi.items() if not _close(value, on_this[name][1])
    }
    assert apart == {}
    print(f"{len(on_a_pi)} rules with the same outcome: {json.loads(there.stdout)['verdict']}")


def _rules(text: str) -> dict[str, tuple[str, Any]]:
    return {row["id"]: (row["outcome"], row["measured"]) for row in json.loads(text)["rules"]}


def _close(one: Any, other: Any) -> bool:
    if not isinstance(one, float | int) or not isinstance(other, float | int):
        return bool(one == other)
    return abs(one - other) <= max(NEAR_NOUGHT, APART * abs(other))
