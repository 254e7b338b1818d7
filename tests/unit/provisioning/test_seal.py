"""`systemd/files/seal.sh`, with the real systemd-creds where there is one, in mounts of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "systemd/files/seal.sh"
PLACES = ("/run", "/var/lib/systemd", "/var/lib/station-seal")
HANDED, BLOB = "/run/credstore.encrypted/station-seal", "/var/lib/station-seal/station-seal.cred"

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts of its own need root"),
    pytest.mark.skipif(shutil.which("systemd-creds") is None, reason="no systemd-creds here (apt: systemd)"),
]


def after(*steps: str) -> list[str]:
    """Run `steps` (sh) with those places empty; what they print. Skips where this machine gives no mounts."""
    made = "; ".join(f"mkdir -p {place}; mount -t tmpfs tmpfs {place}" for place in PLACES)
    script = f"{made}; seal() {{ sh {SCRIPT} >/dev/null; }}; {'; '.join(steps)}"
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-euc", script], capture_output=True, text=True, check=False, timeout=120
    )
    if "permission denied" in done.stderr.lower():
        pytest.skip(f"no mounts of its own here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def opened(blob: str) -> str:
    return f"systemd-creds decrypt --name=station-seal {blob} - | sha256sum | cut -d' ' -f1"


def test_what_was_sealed_once_is_handed_over_at_every_start_and_opens() -> None:
    said, first, mode, again, second = after(
        "seal", "cat /run/station-seal", opened(HANDED), f"stat -c %a {HANDED}",
        "rm -r /run/credstore.encrypted /run/station-seal", "seal", "cat /run/station-seal", opened(HANDED),
    )  # fmt: skip
    assert said == again
    assert said in ("host", "tpm2")
    assert first == second
    assert mode == "600"


def test_each_machine_seals_something_else() -> None:
    first, second = after("seal", opened(HANDED), f"rm {BLOB}", "seal", opened(HANDED))
    assert first != second


def test_what_does_not_open_any_more_is_not_handed_over_and_stays() -> None:
    said, _, count = after(
        "seal", "rm -r /run/credstore.encrypted", f"printf x | dd of={BLOB} bs=1 seek=40 conv=notrunc 2>/dev/null",
        "seal", "cut -d: -f1 /run/station-seal", "echo -", "ls -d /run/credstore.encrypted 2>/dev/null | wc -l",
    )  # fmt: skip
    assert (said, count) == ("broken", "0")


def test_a_system_without_systemd_creds_is_told() -> None:
    said = after("mkdir /run/bin", "for p in sh mkdir mv chmod; do ln -s $(command -v $p) /run/bin/$p; done",
                 f"PATH=/run/bin sh {SCRIPT} >/dev/null", "cat /run/station-seal")  # fmt: skip
    assert said[0] == "nothing:"
