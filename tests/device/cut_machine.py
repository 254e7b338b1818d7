"""One switching-on of the machine whose power is cut: what it says on its serial console, and the plug."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from station_disk import HOST
from user_mode import UserModeMachine, pull_the_plug
from user_mode_kernel import program
from volatile_disk import VolatileDisk

TAP = "tap0"
AS_STATION = (
    "setpriv --reuid=station --regid=station --init-groups env HOME=/var/lib/station STATE_DIRECTORY=/var/lib/station "
    "STATION_SETTINGS=/etc/station/station.toml "
)
PYTHON = "/opt/capture-station/current/bin/python"


@dataclass(slots=True)
class Heard:
    """The lines of a serial console as they come; safe to read from another thread."""

    accepted: list[str] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)  # the newest of every other kind
    ended: threading.Event = field(default_factory=threading.Event)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def listen(self, descriptor: int) -> None:
        """Take lines until the other end is closed."""
        with os.fdopen(descriptor, "r", encoding="utf-8", errors="replace") as serial:
            for line in serial:
                try:
                    told = json.loads(line)
                except ValueError:
                    continue  # cut in the middle of a line: not acknowledged
                with self._news:
                    for kind, value in told.items():
                        if kind == "accepted":
                            self.accepted.append(value)
                        else:
                            self.said[kind] = value
                    self._news.notify_all()
        self.ended.set()
        with self._news:
            self._news.notify_all()

    def wait_accepted(self, number: int, seconds: float) -> None:
        """Return when so many captures were accepted, `seconds` have passed, or the machine ended."""
        end = time.monotonic() + seconds
        with self._news:
            while len(self.accepted) < number and time.monotonic() < end and not self.ended.is_set():
                self._news.wait(min(end - time.monotonic(), 1.0))

    def wait_for(self, kind: str, seconds: float) -> Any:
        """What was said under `kind`. Raises `TimeoutError` when nothing was, or the machine ended before."""
        end = time.monotonic() + seconds
        with self._news:
            while kind not in self.said:
                left = end - time.monotonic()
                if left <= 0 or self.ended.is_set():
                    raise TimeoutError(f"the machine said nothing of {kind!r} within {seconds:.0f} s")
                self._news.wait(min(left, 1.0))
            return self.said[kind]


class CutMachine:
    """The machine on `folder/disk.img` with its data on `folder/data.img`, switched on with `script`; its power can be cut."""

    def __init__(self, folder: Path, script: str) -> None:
        self._share = folder / "share"
        self._data = VolatileDisk(folder / "data.img", HOST)
        (self._share / "script").write_text(script, encoding="utf-8")
        for name in ("report", "code"):
            (self._share / name).unlink(missing_ok=True)
        self._data.switch_on()
        machine = UserModeMachine(folder / "disk.img", self._share, program(), TAP)
        ours, theirs = os.pipe()
        self.heard = Heard()
        self._listener = threading.Thread(target=self.heard.listen, args=(ours,), daemon=True)
        self._listener.start()
        self.since = time.monotonic()
        self._process = machine.start(theirs)
        os.close(theirs)

    def cut(self) -> None:
        """The power is gone: machine and disk at the same moment."""
        pull_the_plug(self._process)
        self._data.lose_power()
        self._listener.join(10)

    def wait_ended(self, seconds: float) -> str:
        """Wait until it has switched itself off; what its script said. Raises `RuntimeError` when the script failed."""
        self._process.wait(seconds)
        self._listener.join(10)
        report = (self._share / "report").read_text(encoding="utf-8", errors="replace")
        code = self._share / "code"
        if not code.is_file() or code.read_text().strip() != "0":
            raise RuntimeError(f"the machine's script failed:\n{report[-3000:]}\n{self.console()}")
        return report

    def console(self) -> str:
        """The end of what its kernel and systemd said."""
        return (self._share / "console.log").read_text(encoding="utf-8", errors="replace")[-3000:]
