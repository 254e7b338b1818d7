"""Which locked packages an environment lacks, told without a network."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "provisioning" / "missing_packages.py"


def told(tmp_path, lock):
    path = tmp_path / "requirements.lock"
    path.write_text(lock)
    return subprocess.run([sys.executable, SCRIPT, path], capture_output=True, text=True, check=True).stdout.strip()


def test_absent_and_differing_packages_are_named_others_not(tmp_path):
    lock = (
        f"pytest=={version('pytest')} \\\n    --hash=sha256:00\n"
        "# a comment\n"
        "no-such-package==1.0 \\\n    --hash=sha256:00\n"
        "numpy==0.0.1 \\\n    --hash=sha256:00\n"
        "colorama==0.1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
    )
    assert told(tmp_path, lock) == "no-such-package==1.0, numpy==0.0.1"


def test_many_are_counted(tmp_path):
    lock = "".join(f"no-such-package-{number}==1.0\n" for number in range(30))
    assert told(tmp_path, lock).endswith("no-such-package-11==1.0 and 18 more")
