"""What seals, with the systemd-creds of both Debians and TPMs of swtpm's: a second of a processor, no machine booted."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
import rootfs
from emulated_tpm import PROGRAM

HERE = Path(__file__).parent
SEAL = HERE.parents[1] / "systemd/files/seal.sh"
NEEDED = (PROGRAM, "debootstrap", "unshare", "mount")
LIBRARIES = "tpm2-tools"  # as `provisioning/apt-packages.txt` has it

pytestmark = pytest.mark.device


@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_what_one_tpm_sealed_another_does_not_open(suite: str, tmp_path: Path) -> None:
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(lacking) or 'nothing else'}")
    with rootfs.layered(*rootfs.with_packages(suite, LIBRARIES), upper=tmp_path / "tree") as tree:
        shutil.copy(SEAL, tree / "root")
        command = [
            "unshare",
            "--mount",
            "sh",
            str(HERE / "sealing.sh"),
            str(tree),
            str(tmp_path / "tpms"),
            str(_two_ports()),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[:2] == ["own tpm2", "own tpm2"]
    assert said[2].startswith("other broken: ")
    assert "another machine's TPM" in said[2]
    assert said[3] == "own tpm2"  # who puts the card back has lost nothing
    assert said[4].startswith("other broken: ")
    assert said[5:7] == [
        "otherrenew tpm2",
        "other tpm2",
    ]  # no key needs it any more: one of this machine takes its place
    # Each of these ended with the power: the TPM takes that for a wrong guess, and locks itself after three.
    assert said[7:] == ["other tpm2"] * 4
    assert done.stderr.count("count of failures is cleared") >= 3  # twice for the other's, and for these


def _two_ports() -> int:
    """A free port with a free one after it: commands, control."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
