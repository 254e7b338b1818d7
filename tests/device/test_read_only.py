"""A root file system that is only read: everything written to it is gone at the next start, and the station is the same."""

from __future__ import annotations

from pathlib import Path

import container
import own_tree
import pytest
import rootfs

from provisioning.installer.read_only import KEPT

HERE = Path(__file__).parent

pytestmark = [pytest.mark.device, pytest.mark.networks]
_MOVE = """
from pathlib import Path
from provisioning.installer.context import Context
from provisioning.installer import read_only
read_only._check_partition = lambda _: None  # it is a folder here, bound from outside; no program finds it by its label
(step,) = read_only.steps()
context = Context(Path("/root/source"), start=False, read_only=True)
step.do(context)
assert step.done(context)
"""
_FIRST = """
echo lost >/etc/written
[ -e /etc/systemd/system/station-retention.timer ] || fail "no units"
sed -i 's/^OnBootSec=.*/OnBootSec=31min/' /opt/capture-station/current/systemd/station-retention.timer # as an update does
sha256sum /var/lib/station/keys/tls.key /var/lib/station/first-boot.json >/var/lib/station/before
for seen in /var/lib/station /opt/capture-station /etc/station; do
    mountpoint -q "$seen" || fail "$seen is not on the partition"
done
echo PASSED
"""
_SECOND = """
[ ! -e /etc/written ] || fail "the root file system remembers"
sha256sum --quiet -c /var/lib/station/before || fail "it is another station"
grep -q OnBootSec=31min /etc/systemd/system/station-retention.timer || fail "the units of the update were forgotten"
systemctl is-active -q station-retention.timer || fail "the timer does not run"
echo PASSED
"""


@pytest.mark.usefixtures("networks_dir")
def test_a_station_on_a_system_that_forgets_is_the_same_after_a_cut(tmp_path: Path) -> None:
    if reason := own_tree.why_not():
        pytest.skip(f"a copy of this machine cannot be booted: it {reason}")
    data = tmp_path / "partition"
    data.mkdir()
    with own_tree.station_in_own_tree(tmp_path) as tree:
        (tree / "data").mkdir()
        there = own_tree.bound(data, tree / "data")
        with there, rootfs.entered(tree):
            environment = ("env", "PYTHONPATH=/root/source", "PYTHONDONTWRITEBYTECODE=1")
            done = rootfs.inside(tree, *environment, f"{own_tree.PYTHON}/bin/python3", "-c", _MOVE)
            assert done.returncode == 0, done.stderr
        assert sorted(path.name for path in data.iterdir()) == sorted(KEPT)
        table = tree / "etc/fstab"  # the partition is a folder here, mounted from outside
        table.write_text("".join(line for line in table.read_text().splitlines(keepends=True) if "LABEL=" not in line))
        for name, script in (("first", _FIRST), ("second", _SECOND)):
            # What overlayroot does: nothing that was written to the root file system is there at the next start.
            forgotten = tmp_path / "memory" / name
            with rootfs.layered(tree, upper=forgotten) as root:
                also = "".join(own_tree.binds(root)) + f"mount --bind {data} {root}/data\n"
                text = (HERE / "up.sh").read_text(encoding="utf-8") + script
                booted = container.boot(root, text, timeout=200, cut=name == "first", also=also)
            print(f"\n{name}: {booted.seconds:.0f} s\n{booted.report}")
            assert booted.code == 0, booted.report
            assert "PASSED" in booted.report
