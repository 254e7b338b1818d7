"""Files of others keep what is theirs; the version's name says what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.installer import swap
from provisioning.installer.context import Context
from provisioning.installer.files import BEGIN, END, same, with_block, write
from provisioning.installer.system import packages

ROOT = Path(__file__).resolve().parents[3]
TEXTS = st.text(alphabet="abc=\n# [all]", max_size=80).filter(lambda text: BEGIN not in text and END not in text)


@given(TEXTS, st.sampled_from(["dtoverlay=pwm", "a=1\nb=2"]))
def test_a_block_is_added_once_changed_in_place_and_taken_back(text: str, block: str) -> None:
    once = with_block(text, block)
    assert with_block(once, block) == once
    assert once.count(BEGIN) == 1
    assert block in once
    back = with_block(once, "")
    assert back == (text if not text or text.endswith("\n") else text + "\n")
    assert with_block(with_block(text, "older=1"), block) == once


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write(tmp_path / "a/b.conf", "one\n", 0o600)
    write(tmp_path / "a/b.conf", "two\n", 0o640)
    assert same(tmp_path / "a/b.conf", "two\n")
    assert (tmp_path / "a/b.conf").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.conf"]


def test_the_versions_name_changes_with_its_sources(tmp_path: Path) -> None:
    def made(text: str) -> str:
        source = tmp_path / text
        for room in ("appliance", "firmware", "models"):
            (source / room).mkdir(parents=True)
        (source / "appliance/a.py").write_text(text)
        (source / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
        (source / "requirements-device.lock").write_text("")
        return Context(source).version

    first, second = made("one"), made("two")
    assert first != second
    assert first.startswith("1.2.3-")


@pytest.mark.parametrize(
    ("model", "pi"), [(b"Raspberry Pi 4 Model B Rev 1.5\0", True), (b"Some board\0", False), (None, False)]
)
def test_a_pi_is_known_by_its_device_tree(tmp_path: Path, model: bytes | None, pi: bool) -> None:
    if model is not None:
        (tmp_path / "proc/device-tree").mkdir(parents=True)
        (tmp_path / "proc/device-tree/model").write_bytes(model)
    assert Context(ROOT, root=tmp_path).pi is pi


def test_every_package_of_the_list_has_a_group_that_is_installed_somewhere() -> None:
    groups = packages(Context(ROOT))
    assert set(groups) == {"run", "dev", "vm", "device", "pi", "read-only"}
    assert all(groups.values())


def test_swap_goes_also_after_the_next_start_and_comes_back_when_uninstalled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Context, "succeeds", lambda *_: False)  # no such units here
    table = "UUID=1 / ext4 defaults 0 1\n# a remark\nUUID=2 none swap sw 0 0\n"
    table += "/dev/zram0 none swap sw 0 0\n/swap.img\tnone\tswap\tsw\n"
    write(tmp_path / "etc/fstab", table)
    write(tmp_path / "proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n")
    context = Context(ROOT, root=tmp_path, start=False)
    assert not swap.is_off(context)
    swap.off(context)
    assert swap.is_off(context)
    kept = [line for line in (tmp_path / "etc/fstab").read_text().splitlines() if not line.startswith("#")]
    assert kept == ["UUID=1 / ext4 defaults 0 1", "/dev/zram0 none swap sw 0 0"]
    swap.back(context)
    assert (tmp_path / "etc/fstab").read_text() == table
    write(tmp_path / "proc/swaps", "Filename Type Size Used Priority\n/swap.img file 1 0 -2\n")
    assert not swap.is_off(context)
