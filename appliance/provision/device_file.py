"""The site file of one station, as it lies on its device: `/etc/station/site.toml`, read by the same reader.

No token: it is used once and has a file of its own. A Wi-Fi password only where the key made of it would not do (WPA3).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from appliance.provision.site import Ethernet, Hotspot, StationSite
from appliance.provision.site_file import read_site, site_of

SITE_FILE = Path("/etc/station/site.toml")
_LONGEST = 32  # bytes of a Wi-Fi's name, which is the station's


def device_file(station: StationSite, authority: str = "station") -> str:
    """The text of the file. What it reads back as equals `station`, its token apart."""
    parts: list[tuple[str, Mapping[str, Any]]] = [
        (
            "",
            {
                "school": station.school,
                "country": station.country,
                "timezone": station.timezone,
                "platform": station.platform,
                "authority": authority,
            },
        )
    ]
    if station.technician:
        parts.append(("technician", {"user": station.technician.user, "ssh_key": station.technician.ssh_key}))
    if station.hotspot:
        parts.append(("hotspot", _hotspot(station.hotspot)))
    parts.append(("ethernet", _ethernet(station.ethernet)))
    if station.wifi:
        wifi = station.wifi
        secret = {"psk": wifi.psk} if wifi.psk else {"password": wifi.password}
        key = {"security": wifi.security, **secret} if wifi.psk or wifi.password else {"open": True}
        parts.append(("wifi", {"interface": wifi.interface, "ssid": wifi.ssid, **key, "hidden": wifi.hidden}))
    if station.cellular:
        modem = station.cellular
        every = {"apn": modem.apn, "user": modem.user, "password": modem.password, "pin": modem.pin}
        parts.append(("cellular", {key: value for key, value in every.items() if value}))
    openings = station.openings
    parts.append(("open", {"page": openings.page, "name": openings.name, "ssh": openings.ssh}))
    parts += [(f"devices.{name}", values) for name, values in station.devices.items()]
    body = "\n".join(
        _table(name, {key: value for key, value in values.items() if value != ""}) for name, values in parts
    )
    own: dict[str, Any] = {"name": station.name}
    if station.hotspot:
        own |= {"ssid": station.hotspot.ssid, "channel": station.hotspot.channel}
    head = "# This station, as its site wants it. After a change: systemctl restart station-network"
    return f"{head}\n{body}\n[[stations]]\n{_lines(own)}"


def station_at(path: Path, name: str) -> StationSite:
    """What the device's file says; without a file, a station of that name with a hotspot and whatever the cable gives.

    Raises `SiteFileWrong`, `OSError`.
    """
    if path.is_file():
        return read_site(path).stations[0]
    # Somebody installed by hand, perhaps over ssh on the cable: that stays open until a site file says otherwise.
    alone = {"school": "-", "country": "CN", "hotspot": {"band": "2.4"}, "stations": [{"name": _usable(name)}]}
    site = site_of(alone).stations[0]
    return _with_ssh(site)


def _usable(machine: str) -> str:
    """A machine's name as a station's: whatever it is called, its network must come up and let its installer in."""
    plain = re.sub(r"[^a-z0-9]+", "-", machine.lower()).strip("-")[:_LONGEST].rstrip("-")
    named = plain if plain[:1].isalpha() else f"station-{plain}".rstrip("-")[:_LONGEST]
    return named if len(named) > 1 else f"station-{named}"


def station_settings(template: str, station: StationSite) -> str:
    """`station.toml` of this station: the first settings of every station, with its name and its devices."""
    head = template.partition("\n# A Pi camera")[0].partition("\n[devices")[0]
    head = "\n".join(line for line in head.splitlines() if not line.startswith("name ="))
    devices = station.devices or {"camera": {"driver": "auto"}}
    body = "\n".join(_table(f"devices.{name}", values) for name, values in devices.items())
    return f"{head}\nname = {_value(station.name)}\n\n{body}"


def _with_ssh(station: StationSite) -> StationSite:
    return replace(station, openings=replace(station.openings, ssh=("ethernet",)))


def _hotspot(hotspot: Hotspot) -> dict[str, Any]:
    return {
        "interface": hotspot.interface,
        "band": hotspot.band,
        "security": hotspot.security,
        "tablets_online": hotspot.tablets_online,
    }


def _ethernet(ethernet: Ethernet) -> dict[str, Any]:
    fixed = {"gateway": ethernet.gateway, "dns": ", ".join(ethernet.dns)}
    return {"interface": ethernet.interface, "address": ethernet.address, **fixed}


def _table(name: str, values: Mapping[str, Any]) -> str:
    return (f"[{name}]\n" if name else "") + _lines(values)


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _value(value: Any) -> str:
    """TOML's strings, numbers, booleans and lists are written as JSON's are."""
    return json.dumps(value, ensure_ascii=False)
