"""A rehearsal started from the technician's page: `station rehearse` as a process of its own, its steps read as it says them.

It runs on a station and a platform of its own in a temporary folder, so nothing of this station is touched.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from appliance.portrait.measurement import Message
from appliance.web.problems import ProblemError

LIMIT = 300.0  # seconds until a rehearsal is ended
_STEP = re.compile(r"^\s*(\d+) ms  (.+?)(?:  \((.*)\))?$")
_OUTCOME = re.compile(r"^(receipt|refused|failed) after ")


@dataclass(frozen=True, slots=True)
class RehearsedStep:
    """One step that was done, and how long it took."""

    name: str
    ms: float
    detail: str


@dataclass(slots=True)
class _Run:
    process: subprocess.Popen[str] | None = None
    state: Literal["none", "running", "done", "failed"] = "none"
    steps: list[RehearsedStep] = field(default_factory=list)
    outcome: str | None = None
    error: str | None = None


class Rehearsals:
    """One at a time. `command` is what is run; tests put a shorter one in its place."""

    def __init__(
        self, command: tuple[str, ...] = ("-m", "appliance.cli", "rehearse", "--exception", "rehearsal")
    ) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._run = _Run()

    def start(self) -> None:
        """Begin one. Raises `ProblemError` 409 while another runs."""
        with self._lock:
            if self._run.state == "running":
                raise ProblemError(
                    409,
                    "rehearsing",
                    Message(zh="演练正在进行，请等它结束", en="a rehearsal is running: wait for its end"),
                )
            self._run = run = _Run(state="running")
        threading.Thread(target=self._follow, args=(run,), name="rehearsal", daemon=True).start()

    def shown(self) -> dict[str, Any]:
        """How the newest one stands."""
        with self._lock:
            run = self._run
            return {
                "state": run.state,
                "steps": [asdict(step) for step in run.steps],
                "outcome": run.outcome,
                "error": run.error,
            }

    def stop(self) -> None:
        """End the one that runs: the station stops."""
        process = self._run.process
        if process is not None and process.poll() is None:
            process.terminate()

    def _follow(self, run: _Run) -> None:
        with tempfile.TemporaryDirectory(prefix="station-rehearsal-") as folder:
            try:
                self._read(run, Path(folder))
            except OSError as error:
                run.error, run.state = str(error), "failed"

    def _read(self, run: _Run, folder: Path) -> None:
        arguments = [sys.executable, "-u", *self._command, "--data", str(folder / "none"), "--out", str(folder)]
        with (
            (folder / "stderr").open("w+") as said,
            subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=said, text=True) as process,
        ):
            run.process = process
            alarm = threading.Timer(LIMIT, process.terminate)
            alarm.start()
            for line in process.stdout or ():
                self._take(run, line.rstrip())
            code = process.wait()
            alarm.cancel()
            said.seek(0)
            last = [line.strip() for line in said if line.strip()][-1:]
        with self._lock:
            run.state = "done" if code in (0, 3) else "failed"
            run.error = None if run.state == "done" else (run.error or "".join(last) or f"exit code {code}")

    def _take(self, run: _Run, line: str) -> None:
        step, outcome = _STEP.match(line), _OUTCOME.match(line)
        with self._lock:
            if step:
                run.steps.append(RehearsedStep(step[2], float(step[1]), step[3] or ""))
            elif outcome:
                run.outcome = outcome[1]
            elif line.startswith("error: "):
                run.error = line.removeprefix("error: ")
