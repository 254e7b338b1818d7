"""What a machine that was switched on says while it runs, and what it ended with."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SILENCE_S = 20.0  # after so long without a line, it is said that it still runs


@dataclass(frozen=True, slots=True)
class Report:
    """What a run ended with: the script's output, its exit code, and how long the machine ran, in seconds."""

    text: str
    code: int
    seconds: float


@dataclass(slots=True)
class Running:
    """A machine that is switched on."""

    process: subprocess.Popen[bytes]
    share: Path
    since: float
    _shown: int = 0

    def report(self) -> str:
        """What the script has said so far."""
        path = self.share / "report"
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    def wait(self, timeout: float, tell: Callable[[str], None] = print) -> Report:
        """Wait until it has switched itself off, telling its lines. Raises `RuntimeError` with the console's end without report."""
        heard = time.monotonic()
        while self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.2)
            now = time.monotonic()
            if self._tell(tell):
                heard = now
            if now - heard > SILENCE_S:
                tell(f"  [{now - self.since:4.0f} s] still running")
                heard = now
            if now - self.since > timeout:
                self.kill()
                raise RuntimeError(f"no end within {timeout:.0f} s; {self._last_words()}")
        self._tell(tell, rest=True)
        code = self.share / "code"
        if not code.is_file():
            raise RuntimeError(f"no report came; {self._last_words()}")
        return Report(self.report(), int(code.read_text()), time.monotonic() - self.since)

    def kill(self) -> None:
        """Pull the plug: the machine is gone at once, with what it had not written."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _tell(self, tell: Callable[[str], None], rest: bool = False) -> bool:
        """Tell the whole lines that are new; True when there were some."""
        new = self.report()[self._shown :]
        whole = new if rest else new[: new.rfind("\n") + 1]
        for line in whole.splitlines():
            tell(f"  [{time.monotonic() - self.since:4.0f} s] {line}")
        self._shown += len(whole)
        return bool(whole)

    def _last_words(self) -> str:
        said = []
        for name in ("qemu.log", "console.log", "report"):
            path = self.share / name
            text = path.read_text(encoding="utf-8", errors="replace")[-2000:] if path.is_file() else ""
            said.append(f"{name} ends with:\n{text}")
        return "\n".join(said)
