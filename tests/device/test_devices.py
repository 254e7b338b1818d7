"""The contract suite, unchanged, on real libraries and the kernel's own devices, in a virtual machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from devices_machine import ROOT, VIRTUAL_CAMERA, recipe
from machine_image import Image, image
from virtual_machine import VirtualMachine, accelerated

pytestmark = pytest.mark.device
REAL = Path(__file__).parent / "real"


@pytest.fixture(scope="module")
def devices_image(can_boot: None) -> Image:
    """The machine with picamera2, gpio-sim, uinput and vivid."""
    return image(recipe())


def sensor_pictures(folder: Path, size: tuple[int, int] = (1280, 960), count: int = 8) -> None:
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


def run(machine: Image, share: Path, asked: str) -> dict[str, str]:
    """Run part of the suite inside; outcome by test, as pytest told it."""
    share.mkdir()
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "firmware", "tests/contract/firmware", "tests/plugins", "tests/device/real"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    command = ["tar", "-C", str(ROOT), "--null", "-T", "-", "-cf", str(share / "source.tar")]
    subprocess.run(command, input=listed, check=True)
    sensor_pictures(share / "sensor")
    (share / "virtual.yaml").write_text(VIRTUAL_CAMERA, encoding="utf-8")
    (share / "asked").write_text(asked, encoding="utf-8")
    script = (REAL / "run.sh").read_text(encoding="utf-8")
    report = VirtualMachine(machine, memory_mb=3072, lean=True).run(share, script, timeout=300)
    found = dict(re.findall(r"^\S*::(\S+) (PASSED|FAILED|ERROR|SKIPPED)", report.text, re.MULTILINE))
    assert found, report.text
    return found


@pytest.mark.parametrize(
    ("asked", "least"),
    [
        ("tests/device/real/test_scanner_port.py", 16),
        (
            "tests/device/real/test_lamps_port.py tests/device/real/test_other_ports.py tests/device/real/test_process.py",
            16,
        ),
        ("tests/device/real/test_camera_port.py", 16),
    ],
    ids=["scanners", "pins", "cameras"],
)
def test_every_promise_is_kept_on_the_real_thing(devices_image: Image, tmp_path: Path, asked: str, least: int) -> None:
    if "camera" in asked and not accelerated():
        pytest.skip(
            "a machine that is translated gives no frame within the camera port's 2 s; needs a processor with KVM"
        )
    found = run(devices_image, tmp_path / "share", asked)
    assert {name: outcome for name, outcome in found.items() if outcome not in ("PASSED", "SKIPPED")} == {}
    assert sum(outcome == "PASSED" for outcome in found.values()) >= least
