"""A whole system replaced in the other of two slots, by RAUC, with files for partitions: signed, tried once, kept or not."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import container
import pytest
import rootfs

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("debootstrap", "unshare", "pivot_root", "script", "mount")

pytestmark = pytest.mark.device


def test_a_system_is_written_beside_the_running_one_tried_and_kept(tmp_path: Path) -> None:
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(lacking) or 'nothing else'}")
    if not Path("/dev/loop-control").exists():
        pytest.skip("needs loop devices, which this kernel does not have")
    try:
        layers = rootfs.with_packages("bookworm", "rauc", "rauc-service", "e2fsprogs", "squashfs-tools", "openssl")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no RAUC to install: {error}")
    with rootfs.layered(*layers, upper=tmp_path / "slots") as tree:
        shutil.copy(ROOT / "provisioning/image/slots/system.conf", tree / "srv")
        (tree / "usr/lib/capture-station").mkdir()
        shutil.copy(ROOT / "provisioning/image/slots/boot-choice", tree / "usr/lib/capture-station")
        booted = container.boot(tree, (Path(__file__).with_name("slots.sh")).read_text(encoding="utf-8"))
    print(f"\n{booted.seconds:.0f} s\n{booted.report}")
    assert booted.code == 0, booted.report
    assert "PASSED" in booted.report
