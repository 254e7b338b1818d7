"""What follows from a site file: routes in order, 4G metered, nothing open that was not asked for, and files taken back."""

from __future__ import annotations

import configparser
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.outbox import metered
from appliance.provision import firewall, keyfiles
from appliance.provision.apply import ISSUE, apply
from appliance.provision.network import DeviceFile, network_files
from appliance.provision.radio import for_radio
from appliance.provision.site import LINKS, StationSite
from appliance.provision.site_file import EXAMPLE, site_of
from provisioning.installer import network as installer

ROOT = Path(__file__).resolve().parents[3]
PASSPHRASE = "k7mw-92tq-abcd-efgh"


def station(**changes: Any) -> StationSite:
    key = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))["technician"]
    whole: dict[str, Any] = {
        "school": "示例",
        "country": "CN",
        "technician": key,
        "hotspot": {},
        "wifi": {"ssid": "Campus; [x]", "password": "12345678"},
        "cellular": {"apn": "cmnet"},
        "stations": [{"name": "gym-1"}],
    }
    return site_of({name: value for name, value in (whole | changes).items() if value is not None}).stations[0]


def keyfile(of: StationSite, name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.read_string(keyfiles.connections(of, PASSPHRASE)[f"{keyfiles.FOLDER}/station-{name}.nmconnection"])
    return parser


def test_the_cheapest_way_outside_comes_first_and_4g_is_what_the_outbox_calls_metered() -> None:
    metrics = [int(keyfile(station(), link)["ipv4"]["route-metric"]) for link in ("ethernet", "wifi", "cellular")]
    assert metrics == sorted(metrics)
    assert len(set(metrics)) == 3
    # NetworkManager's enumeration: what it gives back over D-Bus is what the keyfile holds.
    assert f"u {keyfile(station(), 'cellular')['connection']['metered']}" == metered._YES
    assert "metered" not in keyfile(station(), "ethernet")["connection"]


def test_the_hotspot_is_an_access_point_of_both_wpas_tried_for_ever() -> None:
    found = keyfile(station(), "hotspot")
    assert found["wifi"]["mode"] == "ap"
    assert bytes(int(part) for part in found["wifi"]["ssid"].split(";") if part) == b"gym-1"
    security = dict(found["wifi-security"])
    assert (security["key-mgmt"], security["pmf"], security["psk"]) == ("wpa-psk", "2", PASSPHRASE)
    assert found["connection"]["autoconnect-retries"] == "0"
    assert found["ipv4"]["method"] == "shared"
    old = keyfile(station(hotspot={"security": "wpa2"}), "hotspot")
    assert old["wifi-security"]["pmf"] == "1"


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=10))
def test_no_network_name_is_taken_for_syntax(name: str) -> None:
    found = keyfile(station(wifi={"ssid": name, "open": True}), "wifi")
    assert bytes(int(part) for part in found["wifi"]["ssid"].split(";") if part).decode() == name


def test_secrets_are_for_root_only_and_the_rest_holds_none() -> None:
    for file in network_files(station(), PASSPHRASE):
        secret = file.path.endswith(".nmconnection")
        assert file.mode == (0o600 if secret else 0o644)
        if not secret:
            assert PASSPHRASE not in file.text


def test_a_fixed_address_names_its_gateway() -> None:
    fixed = station(ethernet={"address": "192.168.1.20/24", "gateway": "192.168.1.1", "dns": "9.9.9.9, 1.1.1.1"})
    found = keyfile(fixed, "ethernet")["ipv4"]
    assert (found["address1"], found["dns"]) == ("192.168.1.20/24,192.168.1.1", "9.9.9.9;1.1.1.1;")


@pytest.mark.parametrize(("driver", "pmf"), [("brcmfmac", "1"), ("mt76x2u", "2"), (None, "1")])
def test_a_radio_that_cannot_do_wpa3_is_not_asked_to(tmp_path: Path, driver: str | None, pmf: str) -> None:
    if driver:
        (tmp_path / "sys/bus/drivers" / driver).mkdir(parents=True)
        (tmp_path / "sys/class/net/wlan0/device").mkdir(parents=True)
        (tmp_path / "sys/class/net/wlan0/device/driver").symlink_to(tmp_path / "sys/bus/drivers" / driver)
    assert keyfile(for_radio(station(), tmp_path), "hotspot")["wifi-security"]["pmf"] == pmf
    asked = station(hotspot={"security": "wpa2-wpa3"})
    assert for_radio(asked, tmp_path) == asked


# --- firewall: what the text says; that it holds is shown with packets in tests/device ----------------------------------


def opened(of: StationSite) -> set[tuple[str, str]]:
    """(interface, what) of every rule of the input chain that names an interface and a port."""
    chain = re.search(r"chain input \{(.*?)\n    \}", firewall.firewall(of), re.DOTALL)
    assert chain
    rules = re.findall(r'iifname "([^"]+)" (tcp|udp) dport (\d+)', chain[1])
    return {(interface, f"{kind} {port}") for interface, kind, port in rules}


def test_only_what_the_site_opens_is_open() -> None:
    assert opened(station()) == {("wlan0", "tcp 8443"), ("wlan0", "udp 5353"), ("eth0", "tcp 22")}
    wide = station(open={"page": ["hotspot", "ethernet"], "name": [], "ssh": ["wifi", "cellular"]})
    assert opened(wide) == {("wlan0", "tcp 8443"), ("eth0", "tcp 8443"), ("wlan1", "tcp 22"), ("wwan*", "tcp 22")}
    assert opened(station(technician=None)) == {("wlan0", "tcp 8443"), ("wlan0", "udp 5353")}


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from(LINKS), unique=True, min_size=1),
    st.lists(st.sampled_from(LINKS), unique=True),
    st.booleans(),
)
def test_policies_stay_closed_whatever_is_opened(page: list[str], ssh: list[str], online: bool) -> None:
    text = firewall.firewall(station(open={"page": page, "ssh": ssh}, hotspot={"tablets_online": online}))
    assert text.count("policy drop;") == 2
    assert "policy accept" not in text
    forward = text[text.index("chain forward") : text.index("chain door")]
    assert ("accept" in forward) is online
    assert text.count("{") == text.count("}")


def test_tablets_names_lead_to_the_station_unless_they_may_go_outside() -> None:
    def names(**hotspot: Any) -> str:
        files = {file.path: file.text for file in network_files(station(hotspot=hotspot), PASSPHRASE)}
        return files["etc/NetworkManager/dnsmasq-shared.d/capture-station.conf"]

    assert "address=/#/10.42.0.1" in names()
    assert "dhcp-option=114,https://10.42.0.1:8443/captive-portal" in names()
    assert "address=/#/" not in names(tablets_online=True)
    assert "address=/gym-1.local/gym-1/10.42.0.1" in names(tablets_online=True)


# --- on the device ------------------------------------------------------------------------------------------------------


def test_files_are_written_once_changed_in_place_and_old_links_removed(tmp_path: Path) -> None:
    first = apply(tmp_path, network_files(station(), PASSPHRASE))
    assert len(first) == len(network_files(station(), PASSPHRASE))
    assert apply(tmp_path, network_files(station(), PASSPHRASE)) == []
    changed = apply(tmp_path, network_files(station(cellular=None, country="US"), PASSPHRASE))
    assert set(changed) == {
        "etc/modprobe.d/capture-station.conf",
        "etc/station/country.env",
        "etc/NetworkManager/system-connections/station-cellular.nmconnection (removed)",
    }


def test_somebody_elses_connection_stays_and_a_mode_is_mended(tmp_path: Path) -> None:
    theirs = tmp_path / keyfiles.FOLDER / "home.nmconnection"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[connection]")
    wanted = (DeviceFile(f"{keyfiles.FOLDER}/station-wifi.nmconnection", "x", 0o600),)
    apply(tmp_path, wanted)
    (tmp_path / wanted[0].path).chmod(0o644)
    assert apply(tmp_path, wanted) == [wanted[0].path]
    assert (tmp_path / wanted[0].path).stat().st_mode & 0o777 == 0o600
    assert theirs.exists()


def test_an_uninstallation_takes_back_all_that_was_written() -> None:
    written = {file.path for file in network_files(station(), PASSPHRASE)} | {ISSUE}
    assert written == set(installer.MADE)


@pytest.mark.parametrize("path", [p for p in installer.MADE if not p.startswith(("run/", "etc/station/"))])
def test_the_unit_may_write_where_it_writes(path: str) -> None:
    unit = (ROOT / "systemd/station-network.service").read_text(encoding="utf-8")
    allowed = re.findall(r"-(/\S+)", re.findall(r"^ReadWritePaths=(.*)$", unit, re.MULTILINE)[0])
    assert any(f"/{path}".startswith(f"{folder}/") for folder in allowed)
