"""Threads are called by their names where a technician looks."""

from __future__ import annotations

import threading
from pathlib import Path

from appliance.thread_names import LONGEST, tell_the_kernel


def test_the_kernel_knows_them_by_their_names_cut_to_what_it_keeps() -> None:
    end = threading.Event()
    own = Path("/proc/self/comm").read_text()
    threads = [threading.Thread(target=end.wait, name=name) for name in ("live", "a name that is long", "灯光")]
    for thread in threads:
        thread.start()
    try:
        tell_the_kernel()
        seen = [Path(f"/proc/self/task/{thread.native_id}/comm").read_bytes() for thread in threads]
    finally:
        end.set()
        for thread in threads:
            thread.join()
    assert seen == [name.encode()[:LONGEST] + b"\n" for name in ("live", "a name that is long", "灯光")]
    assert Path("/proc/self/comm").read_text() == own
