"""The machinery beside these tests is found by them; the machines they share."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from machine_image import Image, Recipe, image

collect_ignore = ["real"]  # runs inside the machine that `test_devices.py` boots
NEEDED = ("qemu-system-x86_64", "debootstrap", "mke2fs", "mount")
PLAIN = Recipe("plain")


@pytest.fixture(scope="session")
def can_boot() -> None:
    """Skips, saying why, where no machine can be made."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking:
        pytest.skip(f"needs {', '.join(lacking)}; provisioning/apt-packages.txt names their packages")
    if os.geteuid() != 0:
        pytest.skip("needs root to make a machine's disk")


@pytest.fixture(scope="session")
def plain_image(can_boot: None) -> Image:
    """A Debian with a kernel and nothing else."""
    return image(PLAIN)
