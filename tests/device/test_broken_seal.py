"""The card in another machine, in a booted copy of this one: the units of seal and keys as they ship; the station only sleeps."""

from __future__ import annotations

import shutil
from pathlib import Path

import container
import own_tree
import pytest

HERE = Path(__file__).parent
STARTED = ("station-seal.service", "station-firstboot.service")
# What it does with keys that do not open is safe mode's (rescue.sh); here it only has to be started.
SLEEPER = "[Service]\nType=exec\nExecStart=\nExecStart=/bin/sleep 600\nExecStopPost=\n"

pytestmark = pytest.mark.device


def test_a_seal_of_another_system_shuts_the_keys_and_keeps_nothing_from_starting(tmp_path: Path) -> None:
    if reason := own_tree.why_not():
        pytest.skip(f"a copy of this machine cannot be booted: it {reason}")
    with own_tree.station_in_own_tree(tmp_path) as tree:
        units = tree / "etc/systemd/system"
        for link in (units / "multi-user.target.wants").iterdir():
            if link.name not in STARTED:
                link.unlink()
        for wants in ("timers.target.wants", "sockets.target.wants"):
            shutil.rmtree(units / wants, ignore_errors=True)
        (units / "station.service.d").mkdir()
        (units / "station.service.d/sleeper.conf").write_text(SLEEPER, encoding="utf-8")
        booted = container.boot(tree, (HERE / "broken_seal.sh").read_text(encoding="utf-8"), timeout=240)
    print(f"\n{booted.seconds:.0f} s\n{booted.report}")
    assert booted.code == 0, booted.report
    assert "PASSED" in booted.report
