"""What a technician runs at a real station: `python tests/hardware/report.py [OUT.json]` (or `make test-hardware`).

Runs `station doctor` (hold up a code and press the foot switch when asked) and the tests marked `hardware`, with what they
measured, and writes everything into one file to be sent back. It holds no picture and no personal data. Exit code 1 when
anything failed.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
LIBRARIES = ("picamera2", "gpiozero", "lgpio", "pyserial", "evdev", "smbus2", "opencv-python-headless", "numpy")


class Results:
    """A pytest plugin that keeps outcome, time and printed figures of every test."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of each test the call, or the set-up that kept it from being called."""
        if report.when == "call" or (report.when == "setup" and report.outcome != "passed"):
            self.rows.append(
                {
                    "test": report.nodeid.rsplit("/", 1)[-1],
                    "outcome": report.outcome,
                    "seconds": round(report.duration, 2),
                    "figures": report.capstdout.strip(),
                    "why": "" if report.outcome == "passed" else report.longreprtext[-2000:],
                }
            )


def machine() -> dict[str, Any]:
    """Which machine, and what is installed on it."""
    model = Path("/proc/device-tree/model")
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return {
        "model": model.read_text(encoding="utf-8").strip("\0\n") if model.exists() else "no Raspberry Pi",
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": versions,
    }


def doctor() -> dict[str, Any]:
    """What `station doctor` found; its questions go to the terminal."""
    command = [sys.executable, "-m", "appliance.cli", "doctor", "--json"]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    try:
        found: dict[str, Any] = json.loads(run.stdout)
    except ValueError:
        return {"outcome": "fail", "exit_code": run.returncode, "findings": []}
    return found | {"exit_code": run.returncode}


def main() -> int:
    """Examine, test, write."""
    here = machine()
    print(
        f"{here['model']}: doctor first (it asks for a code and the foot switch), then the tests; what is not there is skipped"
    )
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("hardware-report.json")
    examined = doctor()
    results = Results()
    status = pytest.main(["-m", "hardware", "-p", "no:randomly", "--no-header", str(HERE)], plugins=[results])
    body = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": here,
        "doctor": examined,
        "tests": results.rows,
    }
    out.write_text(json.dumps(body, ensure_ascii=False, indent=2), encoding="utf-8")
    print(f"\nwritten: {out.absolute()} - send this file to whoever looks after the station")
    return int(status not in (0, 5) or examined["outcome"] == "fail")


if __name__ == "__main__":
    sys.exit(main())
