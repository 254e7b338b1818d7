"""Safe mode as a process: serves the page, feeds the watchdog, tries again by itself."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path

from appliance.release.documents import write_document
from appliance.release.places import Places, running_release
from appliance.safe_mode.page import Shown
from appliance.safe_mode.server import SafeServer
from appliance.safe_mode.starts import Starts
from appliance.safe_mode.ways_out import CodeLock, WaysOut, new_code
from appliance.supervision import Pulse, Supervisor, Watchdog

log = logging.getLogger(__name__)

AGAIN_S = 600.0  # so long until it tries by itself
RESTART = 75  # as `appliance.health.policy.Ending`: start me again
_STANDS_STILL_S = 20.0
_LOG_LINES = 300


def run_safe_mode(
    data_dir: Path, host: str, port: int, tls: tuple[Path, Path] | None, *, again_s: float = AGAIN_S
) -> int:
    """Serve the page at the station's address until somebody asks for another try, or `again_s` are over; the exit code.

    Raises `OSError` when the address cannot be had.
    """
    from appliance.support.bundle import write_support  # noqa: PLC0415 - whatever breaks there, the page is up
    from appliance.support.journal import service_log  # noqa: PLC0415

    places, starts, code = Places(), Starts(data_dir), new_code()
    ended = threading.Event()
    ways = WaysOut(
        data_dir, places, ended.set, lambda: write_support(data_dir, data_dir), lambda: service_log(_LOG_LINES)
    )

    def shown() -> Shown:
        now = starts.read()
        return Shown(now.failed, now.reasons, running_release() or "", ways.previous(), int(again_s // 60))

    server = SafeServer((host, port), tls, shown, CodeLock(code), ways)
    serving = threading.Thread(target=server.serve_forever, name="safe mode", daemon=True)
    supervisor = Supervisor()
    watchdog = Watchdog(supervisor, (Pulse("safe mode", lambda: server.beat, _STANDS_STILL_S),))
    signals = (signal.SIGTERM, signal.SIGINT) if threading.current_thread() is threading.main_thread() else ()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in signals}
    serving.start()
    try:
        log.error("safe mode at port %d: %s", server.server_address[1], "; ".join(starts.read().reasons[-1:]))
        # `<1>` (sd-daemon(3)): journald shows what is that urgent on the console as well, and nothing else of ours.
        urgent = "<1>" if "JOURNAL_STREAM" in os.environ else ""
        sys.stderr.write(f"{urgent}capture station: safe mode, code {code}\n")
        sys.stderr.flush()
        _tell_updater(places)
        supervisor.ready("safe mode")
        watchdog.start()
        if not ended.wait(again_s):
            starts.once_more()
        ended.wait(0.5)  # the answer to the one who asked is on its way
    finally:
        supervisor.stopping()
        watchdog.stop()
        server.shutdown()
        server.server_close()
        for number, handler in before.items():
            signal.signal(number, handler)
    return RESTART


def _tell_updater(places: Places) -> None:
    """A release on trial that ends here need not be watched any longer."""
    if places.spool.is_dir():
        word = {"pid": os.getpid(), "version": running_release() or "", "mode": "safe", "failing": ["start"]}
        write_document(places.spool / "health.json", word)
