"""What the updater asks of systemd."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

STATION, DELIVERY = "station.service", "station-delivery.service"
_PATIENCE_S = 150.0


@dataclass(frozen=True, slots=True)
class Unit:
    """How a service stands: `active`, its process, how often it was started again since it was started on purpose."""

    active: bool
    pid: int
    restarts: int


def systemctl(arguments: Sequence[str]) -> str:
    """Run systemctl; its output, whatever it ended with."""
    command = ["systemctl", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=_PATIENCE_S
    )
    return done.stdout


class Services:
    """The station's two processes; `call` runs systemctl with arguments and returns what it printed."""

    def __init__(self, call: Callable[[Sequence[str]], str] = systemctl) -> None:
        self._call = call

    def stop(self) -> None:
        """Both end in good order; a visit in progress would be kept, but there is none."""
        self._call(["stop", STATION, DELIVERY])

    def start(self, also: Sequence[str] = ()) -> None:
        """Start both, and timers and paths that a release brought, without waiting for them."""
        self._call(["reset-failed", STATION, DELIVERY])
        self._call(["start", "--no-block", STATION, DELIVERY, *also])

    def pull(self) -> None:
        """Start whatever the units that are in place now want and those before did not, without waiting for it."""
        self._call(["start", "--no-block", "multi-user.target", "timers.target", "paths.target", "sockets.target"])

    def unit(self, name: str) -> Unit:
        """How `name` stands now."""
        shown = self._call(["show", "-p", "ActiveState", "-p", "MainPID", "-p", "NRestarts", name])
        facts = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        number = {key: int(value) for key, value in facts.items() if value.isdecimal()}
        return Unit(facts.get("ActiveState") == "active", number.get("MainPID", 0), number.get("NRestarts", 0))
