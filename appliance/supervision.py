"""What systemd is told: ready, stopping, and that work goes on (sd_notify(3)). Without systemd nothing is sent.

The watchdog is fed by progress, not by a timer: every `Pulse` says when its work last went round. One that stands still is
named in the log, the feeding ends, and systemd restarts the process after `WatchdogSec=`.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

log = logging.getLogger(__name__)

FED_PER_PERIOD = 3  # sd_watchdog_enabled(3) advises at least twice


@dataclass(frozen=True, slots=True)
class Pulse:
    """One piece of work that must keep going round: when it last did, in seconds of the monotonic clock."""

    name: str
    last: Callable[[], float]
    limit_s: float


class Supervisor:
    """The line to the service manager that started this process, as its environment names it."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        given = os.environ if environ is None else environ
        self._address = given.get("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        owner, period = given.get("WATCHDOG_PID"), given.get("WATCHDOG_USEC", "")
        mine = owner is None or owner == str(os.getpid())
        self.watchdog_s = int(period) / 1e6 if mine and period.isdecimal() and int(period) > 0 else None

    def ready(self, status: str) -> None:
        """Start-up is complete; dependants may start."""
        self._tell(f"READY=1\nSTATUS={status}")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._tell(f"STATUS={text}")

    def stopping(self) -> None:
        """The end has begun."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._tell("WATCHDOG=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.connect(self._address)
                line.send(message.encode())
        except OSError as error:
            log.warning("systemd could not be told %r: %s", message.partition("\n")[0], error)


class Watchdog:
    """Feeds the supervisor from a thread of its own while every pulse is fresh."""

    def __init__(
        self,
        supervisor: Supervisor,
        pulses: Sequence[Pulse],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._supervisor = supervisor
        self._pulses = tuple(pulses)
        self._monotonic = monotonic
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._standing: tuple[str, ...] = ()

    def start(self) -> None:
        """Begin, where the service manager asks for it."""
        period = self._supervisor.watchdog_s
        if period is None or self._thread is not None:
            return
        self._thread = threading.Thread(target=self._run, args=(period / FED_PER_PERIOD,), name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; the service manager allows for it once it was told of the stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=1)
            self._thread = None

    def look(self) -> tuple[str, ...]:
        """Feed when nothing stands still; the names of what does."""
        now = self._monotonic()
        standing = tuple(pulse.name for pulse in self._pulses if now - pulse.last() > pulse.limit_s)
        if standing != self._standing:
            self._standing = standing
            if standing:
                log.error("standing still: %s; the watchdog is not fed", ", ".join(standing))
                self._supervisor.status(f"standing still: {', '.join(standing)}")
            else:
                log.info("everything goes round again; the watchdog is fed")
                self._supervisor.status("working")
        if not standing:
            self._supervisor.alive()
        return standing

    def _run(self, every: float) -> None:
        while not self._stop.wait(every):
            self.look()
