"""The contract suite as a table, driver by promise: `python tests/contract/firmware/table.py [OUT.md] [--machine]`.

Runs the suite and says for each driver of each port which promises it kept; exit code 1 when one was broken. With `--machine`
(root, see tests/device) the same suite runs on real libraries and the kernel's own devices too: the columns with a star.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "device"))
from devices_suite import outcomes

HERE = Path(__file__).resolve().parent
PORTS = {
    "test_camera_port": "Camera",
    "test_lamps_port": "Lamps",
    "test_scanner_port": "CodeScanner",
    "test_other_ports": "Trigger, Indicator, PowerMonitor, Clock",
}
MARKS = {"passed": "✓", "failed": "✗", "skipped": "–"}
OWN = "linux"
STAR = "*"
# What each driver ran against; the starred ones in the devices' machine (tests/device).
AGAINST = {
    "replay": "the scene, a full driver of a simulated world",
    "v4l2": "a played `cv2.VideoCapture`",
    "libcamera": "a played picamera2",
    "scene": "the scene",
    "none": "nothing: room light",
    "pwm": "gpiozero's mock pins with their history",
    "kernel_pwm": "files in place of /sys/class/pwm",
    "optical": "drawn frames through the real reader",
    "serial": "a played GM65 on a real pseudo terminal",
    "hid": "a played evdev device on a real pipe",
    "standin": "itself",
    "gpio": "gpiozero's mock pins",
    "keyboard": "a played evdev device on a real pipe",
    OWN: "the kernel of the machine the suite ran on",
    "libcamera*": "real picamera2 and libcamera, on libcamera's virtual camera with pictures of ours",
    "v4l2*": "real OpenCV on the kernel's test camera (vivid)",
    "pwm*": "real gpiozero and lgpio on the kernel's gpio-sim",
    "serial*": "real pyserial; a played GM65 on the machine's pseudo terminal",
    "hid*": "real evdev on a uinput keyboard",
    "gpio*": "real gpiozero and lgpio on the kernel's gpio-sim",
    "keyboard*": "real evdev on a uinput keyboard",
    "linux*": "the machine's own kernel",
}


class Outcomes:
    """A pytest plugin that remembers how every promise ended for every driver."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of each test the call, or the set-up that kept it from being called."""
        if report.when != "call" and not (report.when == "setup" and report.outcome != "passed"):
            return
        self.note(report.nodeid, report.outcome)

    def note(self, test: str, outcome: str, star: str = "") -> None:
        """`test` as pytest names it, `outcome` passed, failed or skipped; `star` marks what ran in the machine."""
        found = re.match(r"(?:.*/)?(\w+)\.py::test_(\w+)(?:\[(.*)\])?$", test)
        if found is None or found.group(1) not in PORTS:
            return
        module, promise, variant = found.groups()
        words = re.split(r"[-\[\]]", variant or "")
        driver = next((word for word in words if word in AGAINST), OWN) + star
        row = self.kept[PORTS[module]][promise.replace("_", " ")]
        worst = row.get(driver, "passed")
        row[driver] = outcome if worst == "passed" else worst


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


def in_machine(seen: Outcomes) -> bool:
    """Run the suite in the devices' machine; whether all was kept."""
    with tempfile.TemporaryDirectory() as folder:
        found = outcomes(Path(folder) / "share")
    for test, word in found.items():
        seen.note(test, "failed" if word == "ERROR" else word.lower(), STAR)
    return all(word in ("PASSED", "SKIPPED") for word in found.values())


def main() -> int:
    """Run, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", help="a file for the table (Markdown)")
    parser.add_argument("--machine", action="store_true", help="also on real libraries and the kernel's devices (root)")
    asked = parser.parse_args()
    seen = Outcomes()
    kept = pytest.main(["-q", "--no-header", "-p", "no:randomly", str(HERE)], plugins=[seen]) == 0
    if asked.machine:
        kept = in_machine(seen) and kept
    made = table(seen.kept)
    print(made)
    if asked.out is not None:
        asked.out.write_text(made, encoding="utf-8")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
