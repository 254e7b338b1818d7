"""What follows from a site file: routes in order, 4G metered, nothing open that was not asked for, and files taken back."""

from __future__ import annotations

import configparser
import json
import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.outbox import metered
from appliance.provision import apply as applying
from appliance.provision import firewall, keyfiles, radio
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


@pytest.mark.parametrize(
    ("security", "key_mgmt", "pmf"), [("wpa2", "wpa-psk", "1"), ("wpa2-wpa3", "wpa-psk", "2"), ("wpa3", "sae", "3")]
)
def test_a_hotspot_is_as_secure_as_the_site_asked(security: str, key_mgmt: str, pmf: str) -> None:
    found = keyfile(station(hotspot={"security": security}), "hotspot")["wifi-security"]
    assert (found["key-mgmt"], found["pmf"]) == (key_mgmt, pmf)


PASSWORD = ' a "pass\\word"; for # '


@pytest.mark.parametrize(
    ("security", "made"),
    [
        ("auto", {"station-wifi": ("wpa-psk", "50"), "station-wifi-wpa3": ("sae", "40")}),
        ("wpa2-wpa3", {"station-wifi": ("wpa-psk", "50")}),
        ("wpa3", {"station-wifi": ("sae", "50")}),
    ],
)
def test_a_network_that_may_be_wpa3_is_joined_by_its_password(security: str, made: dict[str, tuple[str, str]]) -> None:
    of = station(wifi={"ssid": "Campus", "password": PASSWORD, "security": security})
    found = {}
    for name in ("wifi", "wifi-wpa3"):
        if f"{keyfiles.FOLDER}/station-{name}.nmconnection" not in keyfiles.connections(of, PASSPHRASE):
            continue
        one = keyfile(of, name)
        found[f"station-{name}"] = (one["wifi-security"]["key-mgmt"], one["connection"]["autoconnect-priority"])
        # As GLib reads it: spaces at the ends and backslashes are the password's own.
        raw = one["wifi-security"]["psk"]
        assert raw == raw.strip()
        assert raw.replace("\\\\", "\0").replace("\\s", " ").replace("\0", "\\") == PASSWORD
    assert found == made


def test_a_network_of_wpa2_alone_is_joined_by_its_key_and_an_open_one_by_nothing() -> None:
    of = station(wifi={"ssid": "Campus", "password": PASSWORD, "security": "wpa2"})
    assert re.fullmatch(r"[0-9a-f]{64}", keyfile(of, "wifi")["wifi-security"]["psk"])
    assert "wifi-security" not in keyfile(station(wifi={"ssid": "Campus", "open": True}), "wifi")


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


@pytest.mark.parametrize(
    ("driver", "auto", "wpa3"), [("brcmfmac", "wpa2", "wpa2"), ("mt76x2u", "wpa2-wpa3", "wpa3"), (None, "wpa2", "wpa3")]
)
def test_a_radio_that_cannot_do_wpa3_is_not_asked_to(tmp_path: Path, driver: str | None, auto: str, wpa3: str) -> None:
    if driver:
        (tmp_path / "sys/bus/drivers" / driver).mkdir(parents=True)
        (tmp_path / "sys/class/net/wlan0/device").mkdir(parents=True)
        (tmp_path / "sys/class/net/wlan0/device/driver").symlink_to(tmp_path / "sys/bus/drivers" / driver)
    for security, expected in (("auto", auto), ("wpa3", wpa3), ("wpa2", "wpa2")):
        asked = station(hotspot={"security": security})
        made = for_radio(asked, tmp_path)
        assert made.hotspot is not None
        assert made.hotspot.security == expected
        said = json.loads(radio.told(asked, made, tmp_path))
        assert said == {"interface": "wlan0", "driver": driver or "", "asked": security, "made": expected}
        reason = radio.why_less(asked, made)
        if security == "wpa3" != expected:
            assert reason is not None
            assert all('interface = "wlan1"' in text for text in reason)
        else:
            assert reason is None


def test_a_radio_that_comes_late_is_waited_for_only_where_more_is_asked_of_it(tmp_path: Path) -> None:
    def seconds(security: str, limit: float) -> float:
        begun = time.monotonic()
        radio.awaited(station(hotspot={"security": security}), tmp_path, limit)
        return time.monotonic() - begun

    assert seconds("auto", 60) < 40
    assert seconds("wpa3", 0.5) >= 0.5
    (tmp_path / "sys/bus/drivers/mt76x2u").mkdir(parents=True)
    (tmp_path / "sys/class/net/wlan0/device").mkdir(parents=True)
    (tmp_path / "sys/class/net/wlan0/device/driver").symlink_to(tmp_path / "sys/bus/drivers/mt76x2u")
    assert seconds("wpa3", 60) < 40


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


def test_what_may_pass_is_tried_again_and_what_a_person_must_mend_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = (ROOT / "systemd/station-network.service").read_text(encoding="utf-8")
    assert re.findall(r"^RestartPreventExitStatus=(.*)$", unit, re.MULTILINE) == [str(applying.UNUSABLE)]
    monkeypatch.setattr(applying, "SITE_FILE", tmp_path / "site.toml")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert applying.main() == applying.PASSING
    assert "tried again" in capsys.readouterr().err
    (tmp_path / applying.FIRST_BOOT).write_text("{")
    assert applying.main() == applying.UNUSABLE
    (tmp_path / "site.toml").write_text("hotspt = 1")
    assert applying.main() == applying.UNUSABLE


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
    written = {file.path for file in network_files(station(), PASSPHRASE)} | {ISSUE, radio.TOLD}
    assert written == set(installer.MADE)


@pytest.mark.parametrize("path", [p for p in installer.MADE if not p.startswith(("run/", "etc/station/"))])
def test_the_unit_may_write_where_it_writes(path: str) -> None:
    unit = (ROOT / "systemd/station-network.service").read_text(encoding="utf-8")
    # With it /sys shows no radio: `auto` would be WPA2 for ever.
    assert not re.search("^PrivateNetwork=yes", unit, re.MULTILINE)
    allowed = re.findall(r"-(/\S+)", re.findall(r"^ReadWritePaths=(.*)$", unit, re.MULTILINE)[0])
    assert any(f"/{path}".startswith(f"{folder}/") for folder in allowed)
