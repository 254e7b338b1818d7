"""The hotspot over the air of simulated radios: WPA2 join by the label's passphrase, lease with option 114, names, portal, TLS."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hotspot_machine import HOTSPOT
from machine_image import image
from virtual_machine import VirtualMachine

from appliance import certificates
from appliance.provision.first_boot import ensure
from appliance.provision.network import network_files
from appliance.provision.site_file import site_of

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent

pytestmark = pytest.mark.device


def test_a_tablet_joins_by_the_label_and_reaches_the_station_and_nothing_else(can_boot: None, tmp_path: Path) -> None:
    del can_boot
    given = {"school": "x", "country": "CN", "hotspot": {"band": "2.4"}, "stations": [{"name": "gym-1"}]}
    station = site_of(given).stations[0]
    assert station.hotspot is not None
    share = tmp_path / "share"
    share.mkdir()
    first = ensure(share)
    for file in network_files(station, first.passphrase):
        (share / "files" / file.path).parent.mkdir(parents=True, exist_ok=True)
        (share / "files" / file.path).write_text(file.text, encoding="utf-8")
    certificates.ensure(share, ("gym-1.local", "10.42.0.1"), datetime.now(UTC))
    (share / "ssid").write_text(station.hotspot.ssid)
    (share / "passphrase").write_text(first.passphrase)
    shutil.copy(ROOT / "systemd/station-hotspot.service", share)
    room = share / "source/appliance/provision"
    room.mkdir(parents=True)
    (room.parent / "__init__.py").touch()
    for name in ("__init__.py", "portal.py", "portal_answers.py", "portal.toml", "portal.html"):
        shutil.copy(ROOT / "appliance/provision" / name, room)
    report = VirtualMachine(image(HOTSPOT, 4)).run(share, (HERE / "hotspot.sh").read_text(encoding="utf-8"))
    print(f"\njoined and examined in {report.seconds:.0f} s\n{report.text}")
    assert report.code == 0, report.text
    assert "PASSED" in report.text
