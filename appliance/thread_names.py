"""Names of threads where a technician sees them: `top -H`, `ps -L`, a debugger. Python tells the kernel from 3.14 on."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

LONGEST = 15  # characters that Linux keeps (TASK_COMM_LEN in sched.h, less its end)
_TASKS = Path("/proc/self/task")


def tell_the_kernel() -> None:
    """Give every thread that runs now, but for the main one, its Python name. Without /proc nothing happens."""
    for thread in threading.enumerate():
        if thread is threading.main_thread() or thread.native_id is None:
            continue
        with contextlib.suppress(OSError):  # it ended meanwhile
            (_TASKS / str(thread.native_id) / "comm").write_bytes(thread.name.encode()[:LONGEST])
