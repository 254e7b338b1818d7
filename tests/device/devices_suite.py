"""The contract suite, unchanged, on real libraries and the kernel's own devices: run in the devices' machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import cv2
import numpy as np
from devices_machine import ROOT, VIRTUAL_CAMERA, machine

REAL = Path(__file__).parent / "real"
NEEDED = ("firmware", "tests/contract/firmware", "tests/plugins", "tests/device/real")
SUITES = ("test_camera_port", "test_scanner_port", "test_lamps_port", "test_other_ports", "test_process")


def sensor_pictures(folder: Path, size: tuple[int, int] = (1280, 960), count: int = 4) -> None:
    """What the virtual camera sees: drawn heads, each a little further to the side than the one before."""
    folder.mkdir()
    width, height = size
    for number in range(count):
        picture = np.full((height, width, 3), (205, 206, 208), np.uint8)
        middle = width // 2 + 6 * number
        cv2.ellipse(picture, (middle, height), (width // 4, height // 3), 0, 0, 360, (90, 70, 60), -1, cv2.LINE_AA)
        cv2.ellipse(
            picture, (middle, height // 2), (width // 10, height // 5), 0, 0, 360, (150, 175, 215), -1, cv2.LINE_AA
        )
        cv2.imwrite(str(folder / f"{number:03}.jpg"), picture)


def outcomes(share: Path, suites: tuple[str, ...] = SUITES) -> dict[str, str]:
    """Run `suites` inside, by way of the new folder `share`; `file.py::test[variant]` to pytest's word. Raises `RuntimeError`."""
    share.mkdir()
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z", *NEEDED], check=True, capture_output=True).stdout
    command = ["tar", "-C", str(ROOT), "--null", "-T", "-", "-cf", str(share / "source.tar")]
    subprocess.run(command, input=listed, check=True)
    sensor_pictures(share / "sensor")
    (share / "virtual.yaml").write_text(VIRTUAL_CAMERA, encoding="utf-8")
    (share / "asked").write_text(" ".join(f"tests/device/real/{suite}.py" for suite in suites), encoding="utf-8")
    report = machine(share).run((REAL / "run.sh").read_text(encoding="utf-8"), timeout=600)
    found = re.findall(r"^\S*?(\w+\.py::\w+(?:\[.*?\])?) (PASSED|FAILED|ERROR|SKIPPED)", report.text, re.MULTILINE)
    if not found:
        raise RuntimeError(f"the suite told nothing:\n{report.text[-3000:]}")
    return dict(found)
