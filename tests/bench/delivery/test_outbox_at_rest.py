"""The delivery process at rest: little memory of its own, next to no processor time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from platform_fixtures import PlatformProcess, accept, make_capture, wait_until

from appliance.ledger.store import Ledger
from appliance.outbox.process import KEYS
from appliance.outbox.status import queue_status
from appliance.platform.reference.seed import demo_roster

OWN_MEMORY_MB = 60
CPU_SHARE = 0.01
LOOKS_S = 6.0


def processor_seconds(pid: int) -> float:
    """User and system time (fields 14 and 15 of /proc/PID/stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own_memory_mb(pid: int) -> float:
    """Memory that would be free without this process: written pages; libraries are shared with the station."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024


def test_after_its_work_it_costs_little(ledger: Ledger, platform_process: PlatformProcess) -> None:
    identity = platform_process.enrol(ledger.data_dir / KEYS)
    for student in demo_roster(3).students:
        accept(ledger, make_capture(identity, student, original_bytes=4_000_000))
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance.outbox", str(ledger.data_dir)], stderr=subprocess.DEVNULL
    )
    try:
        wait_until("everything is delivered", lambda: queue_status(ledger)["waiting"] == 0, 60)
        time.sleep(1.0)
        before, begun = processor_seconds(process.pid), time.monotonic()
        time.sleep(LOOKS_S)
        share = (processor_seconds(process.pid) - before) / (time.monotonic() - begun)
        memory = own_memory_mb(process.pid)
    finally:
        process.terminate()
        process.wait(10)
    print(f"at rest: {share:.2%} of a core, {memory:.1f} MB of its own")
    assert share < CPU_SHARE
    assert memory < OWN_MEMORY_MB
