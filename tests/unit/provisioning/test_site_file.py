"""A site file: what is good comes out whole, every mistake is named with key, value and way out, and no secret is shown."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.provision.device_file import device_file, station_at, station_settings
from appliance.provision.mistakes import SiteFileWrong
from appliance.provision.passphrase import ALPHABET, new_passphrase, psk
from appliance.provision.site_file import EXAMPLE, read_site, site_of
from appliance.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
GOOD: dict[str, Any] = {
    "school": "示例大学",
    "country": "CN",
    "platform": "https://photos.example.edu",
    "technician": {"ssh_key": tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))["technician"]["ssh_key"]},
    "hotspot": {"band": "5"},
    "wifi": {"ssid": "Campus", "password": "a password nobody may read"},
    "cellular": {"apn": "cmnet", "pin": "1234"},
    "devices": {"camera": {"driver": "auto"}},
    "stations": [{"name": "gym-1", "token": "t" * 24}, {"name": "gym-2", "token": "u" * 24, "channel": 149}],
}


def mistakes(change: Callable[[dict[str, Any]], object]) -> dict[str, str]:
    """Key to English text of what a changed file is refused for."""
    wrong = copy.deepcopy(GOOD)
    change(wrong)
    with pytest.raises(SiteFileWrong) as caught:
        site_of(wrong)
    assert all(mistake.zh and mistake.en for mistake in caught.value.mistakes)
    return {mistake.key: mistake.en for mistake in caught.value.mistakes}


def test_the_example_is_a_site_file_of_two_different_stations() -> None:
    first, second = read_site(EXAMPLE).stations
    assert first.hotspot is not None
    assert second.hotspot is not None
    assert (first.name, second.hotspot.ssid, second.hotspot.channel) == ("gym-1", "Photo 2", 149)
    assert first.token != second.token
    assert first.openings.ssh == ("ethernet",)


def test_neighbours_get_different_channels_by_themselves() -> None:
    many = GOOD | {"stations": [{"name": f"gym-{n}"} for n in range(9)]}
    channels = [s.hotspot.channel for s in site_of(many).stations if s.hotspot]
    assert len(set(channels)) == 9


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        (lambda s: s.pop("school"), "school", "is missing"),
        (lambda s: s.update(country="china"), "country", "'china'"),
        (lambda s: s.update(country="UK"), "country", "Great Britain GB"),
        (lambda s: s["hotspot"].update(security="wpa1"), "hotspot.security", '"wpa3"'),
        (lambda s: s["wifi"].update(hidden=True), "wifi.security", "hidden"),
        (lambda s: (s["wifi"].pop("password"), s["wifi"].update(psk="a" * 64, security="wpa3")), "wifi.security", "password"),
        (lambda s: (s["wifi"].pop("password"), s["wifi"].update(open=True, security="wpa3")), "wifi.security", "leave it out"),
        (lambda s: s.update(timezone="Mars/Olympus"), "timezone", "Asia/Shanghai"),
        (lambda s: s.update(platform="http://photos.example.edu"), "platform", "https://"),
        (lambda s: s.update(hotspt={}), "hotspt", "Did you mean hotspot?"),
        (lambda s: s["hotspot"].update(band="6"), "hotspot.band", '"2.4", "5"'),
        (lambda s: s["hotspot"].update(interface="wlan1"), "stations[1].wifi.interface", "USB adapter"),
        (lambda s: s["stations"][1].update(channel=52), "stations[2].channel", "149"),
        (lambda s: s["stations"][1].update(name="gym-1"), "stations[2].name", "stations[1]"),
        (lambda s: s["stations"][1].update(token="t" * 24), "stations[2].token", "stations[1]"),
        (lambda s: s["stations"][0].update(name="Gym 1"), "stations[1].name", "lower-case"),
        (lambda s: s["stations"][0].update(ssid="毕业照采集站一号体育馆"), "stations[1].ssid", "33 bytes"),
        (lambda s: s.update(stations=[]), "stations", "1 to 200"),
        (lambda s: s["technician"].update(ssh_key="ssh-ed25519 AAAA"), "technician.ssh_key", "public key"),
        (lambda s: s["technician"].update(user="root"), "technician.user", "choose another"),
        (lambda s: s.update(open={"page": ["cable"]}), "open.page", '"ethernet"'),
        (lambda s: (s.pop("hotspot"), s["stations"][1].pop("channel")), "stations[1].open.page", "[hotspot]"),
        (lambda s: (s.pop("technician"), s.update(open={"ssh": ["ethernet"]})), "open.ssh", "[technician]"),
        (lambda s: s.pop("platform"), "stations[1].platform", "token"),
        (lambda s: s.update(ethernet={"address": "10.0.0.300/24", "gateway": "10.0.0.1"}), "ethernet.address", "no address"),
        (lambda s: s.update(ethernet={"address": "10.0.0.3/24"}), "ethernet.gateway", "is missing"),
        (lambda s: s["devices"].update(lamps={"driver": "pwm", "left": 99}), "devices.lamps", "BCM pin"),
        (lambda s: s["wifi"].pop("password"), "wifi.password", "open = true"),
    ],
)  # fmt: skip
def test_a_mistake_names_key_and_way_out(change: Callable[[dict[str, Any]], object], key: str, said: str) -> None:
    found = mistakes(change)
    assert key in found, found
    assert said in found[key]


def test_a_system_without_a_time_zone_database_takes_the_name_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.provision.site_file.available_timezones", set)
    monkeypatch.setattr("appliance.provision.site_file.ZoneInfo", None)
    assert site_of(GOOD | {"timezone": "Europe/Berlin"}).stations[0].timezone == "Europe/Berlin"


def test_all_mistakes_are_told_at_once() -> None:
    found = mistakes(lambda s: (s.pop("school"), s.update(country="x"), s["stations"][0].update(token="short")))
    assert set(found) == {"school", "country", "stations[1].token"}


@pytest.mark.parametrize("key", ["password", "token", "pin", "psk"])
def test_a_wrong_secret_is_not_repeated(key: str) -> None:
    secret = "geheim"
    place = {"token": ("stations", 0), "pin": ("cellular",)}.get(key, ("wifi",))

    def change(site: dict[str, Any]) -> None:
        table: Any = site
        for part in place:
            table = table[part]
        table[key] = secret

    assert not any(secret in text for text in mistakes(change).values())


def test_a_file_that_is_no_toml_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("school = ")
    with pytest.raises(SiteFileWrong, match="no TOML"):
        read_site(tmp_path / "site.toml")


@pytest.mark.parametrize("security", ["auto", "wpa2", "wpa2-wpa3", "wpa3"])
def test_the_devices_own_file_says_the_same_without_token_and_needless_password(tmp_path: Path, security: str) -> None:
    for station in site_of(GOOD | {"wifi": GOOD["wifi"] | {"security": security}}).stations:
        text = device_file(station)
        (tmp_path / "site.toml").write_text(text, encoding="utf-8")
        back = station_at(tmp_path / "site.toml", "ignored")
        assert back.token == ""
        assert station.token not in text
        assert ("nobody may read" in text) is (security != "wpa2")
        assert back == type(station)(**{field: getattr(station, field) for field in back.__slots__} | {"token": ""})


def test_a_device_without_a_site_file_still_lets_its_installer_in(tmp_path: Path) -> None:
    station = station_at(tmp_path / "none.toml", "by-hand")
    assert station.openings.ssh == ("ethernet",)
    assert station.hotspot is not None
    assert station.hotspot.ssid == "by-hand"


def test_the_settings_of_a_station_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = (ROOT / "systemd/files/station.toml").read_text(encoding="utf-8")
    station = read_site(EXAMPLE).stations[0]
    (tmp_path / "station.toml").write_text(station_settings(template, station), encoding="utf-8")
    monkeypatch.setenv("STATION_SETTINGS", str(tmp_path / "station.toml"))
    found = Settings()
    assert (found.name, found.port, found.https) == ("gym-1", 8443, True)
    assert found.devices.lamps.left == (0, 0)


def test_what_an_installation_by_hand_writes_is_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The very file that `provisioning/install` copies, for a machine no card was made for: not a line of it is left out."""
    monkeypatch.setenv("STATION_SETTINGS", str(ROOT / "systemd/files/station.toml"))
    found = Settings()
    assert (found.host, found.port, found.https, found.log_json) == ("0.0.0.0", 8443, True, True)
    assert found.devices.camera.driver == "auto"


# IEEE 802.11-2020, J.4.2: test vectors of the passphrase mapping.
@pytest.mark.parametrize(
    ("password", "ssid", "key"),
    [
        ("password", "IEEE", "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"),
        ("ThisIsAPassword", "ThisIsASSID", "0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af"),
    ],
)
def test_wifi_keys_are_derived_as_the_standard_says(password: str, ssid: str, key: str) -> None:
    assert psk(password, ssid) == key


def test_passphrases_differ_and_can_be_read_off_paper() -> None:
    made = {new_passphrase() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) - set(ALPHABET) - {"-"}
    assert not set("0oO1lIi") & set(ALPHABET)
    assert all(12 <= len(one) <= 63 for one in made)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "name", "ssid", "band"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(GOOD)), VALUES)
def test_whatever_stands_in_a_file_is_taken_or_refused_never_a_crash(key: str, value: object) -> None:
    try:
        site = site_of(GOOD | {key: value})
    except SiteFileWrong as error:
        assert error.mistakes  # noqa: PT017 - either outcome is right
    else:
        assert site.stations
