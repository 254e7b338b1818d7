"""The contract suite as a table, driver by promise: `python tests/contract/firmware/table.py [OUT.md]`.

Runs the suite and says for each driver of each port which promises it kept; exit code 1 when one was broken.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PORTS = {
    "test_camera_port": "Camera",
    "test_lamps_port": "Lamps",
    "test_scanner_port": "CodeScanner",
    "test_other_ports": "Trigger, Indicator, PowerMonitor, Clock",
}
MARKS = {"passed": "✓", "failed": "✗", "skipped": "–"}
OWN = "linux"
IN_MACHINE = "with `make test-device`"
# What each driver ran against, in this suite; the same suite runs in a virtual machine (tests/device/test_devices.py).
AGAINST = {
    "replay": "the scene, a full driver of a simulated world",
    "v4l2": "a played `cv2.VideoCapture`",
    "libcamera": "a played picamera2",
    "scene": "the scene",
    "none": "nothing: room light",
    "pwm": f"gpiozero's mock pins with their history; {IN_MACHINE} gpio-sim through lgpio",
    "kernel_pwm": "files in place of /sys/class/pwm",
    "optical": "drawn frames through the real reader",
    "serial": f"a played GM65 on a real pseudo terminal; {IN_MACHINE} the same",
    "hid": f"a played evdev device on a real pipe; {IN_MACHINE} a uinput keyboard",
    "standin": "itself",
    "gpio": f"gpiozero's mock pins; {IN_MACHINE} gpio-sim through lgpio",
    "keyboard": f"a played evdev device on a real pipe; {IN_MACHINE} a uinput keyboard",
    OWN: "the kernel of the machine the suite ran on",
}


class Outcomes:
    """A pytest plugin that remembers how every promise ended for every driver."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of each test the call, or the set-up that kept it from being called."""
        if report.when != "call" and not (report.when == "setup" and report.outcome != "passed"):
            return
        found = re.match(r"(?:.*/)?(\w+)\.py::test_(\w+)(?:\[(.*)\])?$", report.nodeid)
        if found is None:
            return
        module, promise, variant = found.groups()
        words = re.split(r"[-\[\]]", variant or "")
        driver = next((word for word in words if word in AGAINST), OWN)
        row = self.kept[PORTS.get(module, module)][promise.replace("_", " ")]
        worst = row.get(driver, "passed")
        row[driver] = report.outcome if worst == "passed" else worst


def table(kept: dict[str, dict[str, dict[str, str]]]) -> str:
    """Markdown: a table a port, then what each driver ran against."""
    parts = ["# Driver × promise"]
    seen: list[str] = []
    for port, promises in sorted(kept.items()):
        drivers = sorted({driver for row in promises.values() for driver in row}, key=list(AGAINST).index)
        seen += [driver for driver in drivers if driver not in seen]
        parts += ["", f"## {port}", "", f"| promise | {' | '.join(drivers)} |", "|---|" + ":-:|" * len(drivers)]
        for promise, row in sorted(promises.items()):
            cells = [MARKS.get(row.get(driver, ""), " ") for driver in drivers]
            parts.append(f"| {promise} | {' | '.join(cells)} |")
    parts += ["", "## What each ran against", ""]
    parts += [f"- `{driver}`: {AGAINST[driver]}" for driver in seen]
    parts += ["", "What only a Raspberry Pi shows: `make test-hardware` there.", ""]
    return "\n".join(parts)


def main() -> int:
    """Run, print, and write where asked."""
    outcomes = Outcomes()
    status = pytest.main(["-q", "--no-header", "-p", "no:randomly", str(HERE)], plugins=[outcomes])
    made = table(outcomes.kept)
    print(made)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(made, encoding="utf-8")
    return int(status != 0)


if __name__ == "__main__":
    sys.exit(main())
