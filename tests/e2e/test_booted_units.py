"""The units as they ship, started by a systemd of their own on this very machine, in seconds: what every CI run can afford.

`make test-device` does the same with an installation of its own in a fresh Debian.
"""

from __future__ import annotations

from pathlib import Path

import container
import own_tree
import pytest

DEVICE = Path(__file__).resolve().parents[1] / "device"

pytestmark = [pytest.mark.device, pytest.mark.networks]


@pytest.mark.usefixtures("networks_dir")
def test_every_unit_starts_under_its_hardening_and_the_station_answers_over_tls(tmp_path: Path) -> None:
    if reason := own_tree.why_not():
        pytest.skip(f"a copy of this machine cannot be booted: it {reason}")
    with own_tree.station_in_own_tree(tmp_path) as tree:
        booted = container.boot(tree, (DEVICE / "up.sh").read_text(encoding="utf-8"), timeout=200)
    print(f"\n{booted.seconds:.0f} s\n{booted.report}")
    assert booted.code == 0, booted.report
