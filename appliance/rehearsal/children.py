"""The station's processes as children of a rehearsal: started, watched, restarted, ended together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

START_SECONDS = 60.0  # a Pi with a cold card
STOP_SECONDS = 5.0
_TAIL = 15  # lines of a dead child's log that are shown


class ChildFailed(RuntimeError):
    """A process of the bench ended or did not start; the message carries the end of its log."""


class Child:
    """One `station ...` process with its log in a file."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self._arguments = [sys.executable, "-m", "appliance.cli", *arguments]
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it (again)."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ.copy()
            )

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Its process id, once started."""
        return None if self._process is None else self._process.pid

    def kill(self) -> None:
        """SIGKILL, as a power cut to one process would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL when it does not end in time."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait_for(self, announced: Path) -> dict[str, str]:
        """What the child wrote to `announced` once ready. Raises `ChildFailed`."""
        end = time.monotonic() + START_SECONDS
        while not announced.exists():
            if not self.running:
                raise ChildFailed(f"{self.name} ended while starting:\n{self.tail()}")
            if time.monotonic() > end:
                raise ChildFailed(f"{self.name} was not ready within {START_SECONDS:g} s:\n{self.tail()}")
            time.sleep(0.02)
        found: dict[str, str] = json.loads(announced.read_text())
        return found

    def tail(self) -> str:
        """The end of its log."""
        try:
            lines = self._log.read_text(errors="replace").splitlines()
        except OSError:
            return "(no log)"
        return "\n".join(lines[-_TAIL:])
