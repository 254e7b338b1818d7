"""The virtual machine itself: boots with its systemd, runs the script, brings back what it said, and forgets what it wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from machine_image import Image
from virtual_machine import VirtualMachine, accelerated

pytestmark = pytest.mark.device


def test_a_machine_boots_and_brings_back_report_and_exit_code(plain_image: Image, tmp_path: Path) -> None:
    machine = VirtualMachine(plain_image)
    (tmp_path / "share").mkdir()
    (tmp_path / "share/handed-in").write_text("something to look at\n", encoding="utf-8")
    script = "systemctl is-active multi-user.target; cat handed-in; echo kept >handed-out; touch /root/written; exit 3"
    report = machine.run(tmp_path / "share", script)
    print(f"booted and ended in {report.seconds:.0f} s, {'KVM' if accelerated() else 'TCG'}")
    assert report.code == 3
    assert report.text == "active\nsomething to look at\n"
    assert (tmp_path / "share/handed-out").read_text() == "kept\n"
    again = machine.run(tmp_path / "share", "test -e /root/written")
    assert again.code == 1


def test_a_lean_machine_runs_the_script_as_its_first_program(plain_image: Image, tmp_path: Path) -> None:
    report = VirtualMachine(plain_image, lean=True).run(tmp_path, "ps -p 1 -o comm= 2>/dev/null || cat /proc/1/comm")
    assert report.code == 0
    assert report.text.strip() == "examine"


def test_a_machine_without_a_report_says_how_it_ended(plain_image: Image, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no report came"):
        VirtualMachine(plain_image, lean=True).run(tmp_path, "echo o >/proc/sysrq-trigger; sleep 60")
