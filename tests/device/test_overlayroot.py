"""Debian's `overlayroot` itself, from its initial RAM disk on: what is written beside the data partition is gone."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine_image import Image, Recipe, image
from virtual_machine import Report, VirtualMachine

from provisioning.installer.context import Context
from provisioning.installer.system import packages

pytestmark = pytest.mark.device
ROOT = Path(__file__).resolve().parents[2]
RECIPE = Recipe("overlayroot", packages=("python3", "udev", "dbus", *packages(Context(ROOT))["read-only"]))
RELEASE = "/opt/capture-station/releases/0.1.0-aaaaaaaa"
MOVE = """
from pathlib import Path
from provisioning.installer.context import Context
from provisioning.installer.read_only import steps
(step,) = steps()
context = Context(Path.cwd(), read_only=True)
step.do(context)
assert step.done(context)
"""
FIRST = f"""
set -eu
mkdir -p {RELEASE}/bin && tar -C {RELEASE} -xf source.tar
ln -s /usr/bin/python3 {RELEASE}/bin/python && touch {RELEASE}/.complete
ln -s releases/0.1.0-aaaaaaaa /opt/capture-station/current
systemd-sysusers {RELEASE}/systemd/files/sysusers.conf
mkdir -p /etc/station /var/lib/station /var/lib/station-update && echo first >/etc/station/kept
cp move.py {RELEASE} && cd {RELEASE}
python3 -m provisioning.installer --part units --no-start
PYTHONPATH=. python3 move.py
findmnt --verify
# An update after that day: its units differ from those on the card.
echo '# of a later release' >>{RELEASE}/systemd/station-retention.timer
"""
SECOND = f"""
set -eu
findmnt -n -o FSTYPE /; findmnt -n -o SOURCE /var/lib/station; cat /etc/station/kept
tail -1 /etc/systemd/system/station-retention.timer
grep -c 'later release' /media/root-ro/etc/systemd/system/station-retention.timer || true
systemctl is-active station-retention.timer
echo second >/var/lib/station/kept; echo second >/usr/local/forgotten
cd {RELEASE}; python3 -m provisioning.installer || echo refused with $?
"""
THIRD = "cat /var/lib/station/kept; test ! -e /usr/local/forgotten && echo forgotten"


@pytest.fixture(scope="module")
def disks(can_boot: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Image, Path, Path]]:
    """The machine, its card and its data partition, both to be written to."""
    made, folder = image(RECIPE), tmp_path_factory.mktemp("disks")
    card, data = folder / "card.img", folder / "data.img"
    subprocess.run(["cp", "--sparse=always", str(made.disk), str(card)], check=True)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "station-data", str(data), "1G"], check=True)
    yield made, card, data
    shutil.rmtree(folder)


def test_a_start_forgets_what_it_should_and_nothing_else(disks: tuple[Image, Path, Path], tmp_path: Path) -> None:
    made, card, data = disks
    share = tmp_path / "share"
    share.mkdir()
    (share / "move.py").write_text(MOVE, encoding="utf-8")
    wanted = ("provisioning", "systemd", "appliance/release", "appliance/__init__.py", "pyproject.toml")
    command = ["git", "-C", str(ROOT), "ls-files", "-z", *wanted]
    listed = subprocess.run(command, check=True, capture_output=True).stdout
    subprocess.run(
        ["tar", "-C", str(ROOT), "--null", "-T", "-", "-cf", str(share / "source.tar")], input=listed, check=True
    )
    machine = VirtualMachine(made, disk=str(card), arguments=("-drive", f"file={data},if=virtio,format=raw"))

    def started(script: str) -> Report:
        report = machine.run(share, script)
        print(f"started and ended in {report.seconds:.0f} s")
        return report

    first = started(FIRST)
    assert first.code == 0, first.text
    second = started(SECOND)
    assert second.code == 0, second.text
    lines = second.text.splitlines()
    assert lines[:3] == ["overlay", "/dev/vdb[/station]", "first"], (share / "console.log").read_text(errors="replace")
    assert lines[3:6] == ["# of a later release", "0", "active"]
    assert "overlayroot=disabled" in second.text
    assert lines[-1] == "refused with 1"
    assert started(THIRD).text.splitlines() == ["second", "forgotten"]
