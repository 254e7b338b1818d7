"""Wi-Fi over the air of simulated radios: hotspots of WPA2, WPA3 and both, tablets of each kind that join or cannot, lease with
option 114, names, portal, TLS; and a school's Wi-Fi of each kind, which the station joins by itself.
"""

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
from appliance.provision.site import StationSite
from appliance.provision.site_file import site_of

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent

SCHOOLS = ' a "pass\\word"; for # '  # whatever a key file or a shell could take for its own

pytestmark = pytest.mark.device


def a_station(hotspot: str, wifi: str) -> StationSite:
    given = {
        "school": "x",
        "country": "CN",
        "hotspot": {"band": "2.4", "security": hotspot},
        "wifi": {"interface": "wlan2", "ssid": "Campus", "password": SCHOOLS, "security": wifi},
        "stations": [{"name": "gym-1"}],
    }
    return site_of(given).stations[0]


def connections_and_rules(station: StationSite, passphrase: str) -> dict[str, str]:
    return {file.path: file.text for file in network_files(station, passphrase)}


def made(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def test_tablets_join_as_the_site_says_and_reach_the_station_and_nothing_else(can_boot: None, tmp_path: Path) -> None:
    del can_boot
    share = tmp_path / "share"
    share.mkdir()
    first = ensure(share)
    for security in ("wpa2", "wpa2-wpa3", "wpa3"):
        station = a_station(security, "auto")
        made(share / "modes" / security, connections_and_rules(station, first.passphrase))
    # The same station, whose site says that the school's Wi-Fi is WPA2: it gets the key, not the password.
    told = connections_and_rules(a_station("wpa2", "wpa2"), first.passphrase)
    made(share / "modes/key", {path: text for path, text in told.items() if path.endswith("station-wifi.nmconnection")})
    assert station.hotspot is not None
    certificates.ensure(share, ("gym-1.local", "10.42.0.1"), datetime.now(UTC))
    (share / "ssid").write_text(station.hotspot.ssid)
    (share / "passphrase").write_text(first.passphrase)
    (share / "password").write_text(SCHOOLS)
    for unit in ("station-hotspot.service", "station-network.service"):
        shutil.copy(ROOT / "systemd" / unit, share)
    room = share / "source/appliance/provision"
    room.mkdir(parents=True)
    (room.parent / "__init__.py").touch()
    for name in ("__init__.py", "portal.py", "portal_answers.py", "portal.toml", "portal.html", "radio.py", "site.py"):
        shutil.copy(ROOT / "appliance/provision" / name, room)
    report = VirtualMachine(image(HOTSPOT, 4)).run(share, (HERE / "hotspot.sh").read_text(encoding="utf-8"))
    print(f"\njoined and examined in {report.seconds:.0f} s\n{report.text}")
    assert report.code == 0, report.text
    assert "PASSED" in report.text
