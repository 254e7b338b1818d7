"""The C library takes what the delivery process asks of it, in a process of its own: it would hold for all the other tests."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt is glibc's")
def test_the_c_library_keeps_little() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "from appliance.outbox.memory import keep_little; print(keep_little())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "True"
