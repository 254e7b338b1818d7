from __future__ import annotations

from firmware.clock import SystemClock, kernel_synchronised


def test_trust_is_what_the_kernel_says():
    assert SystemClock(synchronised=lambda: True).read().trusted
    assert not SystemClock(synchronised=lambda: False).read().trusted


def test_the_kernel_can_be_asked_again_and_again():
    assert {kernel_synchronised() for _ in range(50)} <= {True, False}


def test_the_boot_id_is_the_kernels(tmp_path):
    file = tmp_path / "boot_id"
    file.write_text("0f3d-one-boot\n", encoding="ascii")
    assert SystemClock(boot_id=file).read().boot_id == "0f3d-one-boot"


def test_without_a_boot_id_each_process_counts_as_a_boot(tmp_path):
    one = SystemClock(boot_id=tmp_path / "none").read().boot_id
    other = SystemClock(boot_id=tmp_path / "none").read().boot_id
    assert one.startswith("process-")
    assert one != other
