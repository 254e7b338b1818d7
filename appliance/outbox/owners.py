"""Who holds a lease: a process, named so that any other process of this machine can tell whether it still runs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def this_owner() -> str:
    """A new owner living in this process: `pid:start time:nonce`."""
    return f"{os.getpid()}:{_started(os.getpid())}:{secrets.token_hex(4)}"


def is_alive(owner: str) -> bool:
    """Whether the process that made this owner still runs; a new process with the same number is another one."""
    pid, _, rest = owner.partition(":")
    started = rest.partition(":")[0]
    return pid.isdecimal() and started != "" and _started(int(pid)) == started


def _started(pid: int) -> str:
    """Start time in clock ticks since boot (field 22 of /proc/PID/stat, proc(5)); empty when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    state, *fields = text[text.rindex(")") + 2 :].split()
    return "" if state in {"Z", "X"} else fields[18]
