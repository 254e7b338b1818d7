"""NetworkManager's connections of a station: hotspot, cable, Wi-Fi, modem; the cheapest way outside first.

Route metrics decide: cable 100, Wi-Fi 600, modem 700 (NetworkManager's own defaults, written down so that they stay). The modem is
marked as metered, which is what `appliance/outbox/metered.py` asks for before it sends originals.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from appliance.provision.site import ADDRESS, PREFIX_LENGTH, Cellular, Ethernet, Hotspot, StationSite, Wifi

FOLDER = "etc/NetworkManager/system-connections"
METRICS = {"ethernet": 100, "wifi": 600, "cellular": 700}
METERED = 1  # NMMetered: yes
# NetworkManager 1.42 and 1.52 as access point: `wpa-psk` is WPA2 with WPA3 (SAE) beside it, unless management frames are not to be
# protected (pmf 1: never, 2: where the tablet can, 3: always); `sae` is WPA3 alone.
_ACCESS_POINT = {"auto": ("wpa-psk", 2), "wpa2-wpa3": ("wpa-psk", 2), "wpa2": ("wpa-psk", 1), "wpa3": ("sae", 3)}
_NAMESPACE = uuid.UUID("6f1d4a58-3c55-4f0c-9f3e-0d6d6f0f6a11")  # ours; connections keep their identity over rewrites

Sections = Mapping[str, Mapping[str, object]]


def connections(station: StationSite, passphrase: str) -> dict[str, str]:
    """Path below `/` to the text of each keyfile; each is for root's eyes only (0600), else NetworkManager ignores it."""
    found = {"station-ethernet": _ethernet(station.ethernet)}
    if station.hotspot:
        found["station-hotspot"] = _hotspot(station.hotspot, passphrase)
    if station.wifi:
        found |= _wifi_as_it_may_be(station.wifi)
    if station.cellular:
        found["station-cellular"] = _cellular(station.cellular)
    return {f"{FOLDER}/{name}.nmconnection": _keyfile(name, sections) for name, sections in found.items()}


def _hotspot(hotspot: Hotspot, passphrase: str) -> Sections:
    key_mgmt, pmf = _ACCESS_POINT[hotspot.security]
    return {
        # Above anything that was typed in at the device, and tried again for ever.
        "connection": {"type": "wifi", "interface-name": hotspot.interface, **_kept_up(100)},
        "wifi": {
            "mode": "ap",
            "ssid": _ssid(hotspot.ssid),
            "band": "a" if hotspot.band == "5" else "bg",
            "channel": hotspot.channel,
            "powersave": 2,
        },
        "wifi-security": {
            "key-mgmt": key_mgmt,
            "proto": "rsn;",
            "pairwise": "ccmp;",
            "group": "ccmp;",
            "pmf": pmf,
            "psk": _escaped(passphrase),
        },
        "ipv4": {"method": "shared", "address1": f"{ADDRESS}/{PREFIX_LENGTH}"},
        "ipv6": {"method": "disabled"},
    }


def _ethernet(ethernet: Ethernet) -> Sections:
    ipv4: dict[str, object] = {"method": "auto"}
    if ethernet.address != "dhcp":
        ipv4 = {"method": "manual", "address1": f"{ethernet.address},{ethernet.gateway}"}
    if ethernet.dns:
        ipv4["dns"] = "".join(f"{server};" for server in ethernet.dns)
    return {
        "connection": {"type": "ethernet", "interface-name": ethernet.interface, **_kept_up(50)},
        **_routed(ipv4, "ethernet"),
    }


def _wifi_as_it_may_be(wifi: Wifi) -> dict[str, Sections]:
    """Name to connection. A joined network's `wpa-psk` takes WPA3 too where WPA2 is beside it, but not WPA3 alone: that is `sae`.

    Both are there for a network nobody knows: NetworkManager starts only what fits to what it sees in the air.
    """
    if not (wifi.psk or wifi.password):
        return {"station-wifi": _wifi(wifi, "", 50)}
    if wifi.security == "wpa3":
        return {"station-wifi": _wifi(wifi, "sae", 50)}
    first = {"station-wifi": _wifi(wifi, "wpa-psk", 50)}
    return first | {"station-wifi-wpa3": _wifi(wifi, "sae", 40)} if wifi.security == "auto" else first


def _wifi(wifi: Wifi, key_mgmt: str, priority: int) -> Sections:
    secret = _escaped(wifi.psk or wifi.password)
    security: Sections = {"wifi-security": {"key-mgmt": key_mgmt, "psk": secret}} if key_mgmt else {}
    return {
        "connection": {"type": "wifi", "interface-name": wifi.interface, **_kept_up(priority)},
        "wifi": {
            "mode": "infrastructure",
            "ssid": _ssid(wifi.ssid),
            "hidden": str(wifi.hidden).lower(),
            "powersave": 2,
        },
        **security,
        **_routed({"method": "auto"}, "wifi"),
    }


def _cellular(modem: Cellular) -> Sections:
    given = {"apn": modem.apn, "username": modem.user, "password": modem.password, "pin": modem.pin}
    return {
        "connection": {"type": "gsm", **_kept_up(50), "metered": METERED},
        "gsm": {key: _escaped(value) for key, value in given.items() if value},
        **_routed({"method": "auto"}, "cellular"),
    }


def _kept_up(priority: int) -> dict[str, object]:
    return {"autoconnect": "true", "autoconnect-priority": priority, "autoconnect-retries": 0}


def _routed(ipv4: Mapping[str, object], link: str) -> Sections:
    metric = {"route-metric": METRICS[link]}
    return {"ipv4": {**ipv4, **metric}, "ipv6": {"method": "auto", "addr-gen-mode": "stable-privacy", **metric}}


def _ssid(name: str) -> str:
    """Bytes by number, as keyfiles allow: no letter of a name can be taken for syntax."""
    return "".join(f"{byte};" for byte in name.encode())


def _escaped(text: str) -> str:
    """A value as GLib's key files want it: it takes spaces off the ends and reads a backslash as the beginning of something."""
    return text.replace("\\", "\\\\").replace(" ", "\\s")


def _keyfile(name: str, sections: Sections) -> str:
    identity = {"id": name, "uuid": uuid.uuid5(_NAMESPACE, name)}
    whole = {**sections, "connection": {**identity, **sections["connection"]}}
    ordered = ["connection", *(section for section in whole if section != "connection")]
    return "\n".join(f"[{section}]\n" + "".join(f"{k}={v}\n" for k, v in whole[section].items()) for section in ordered)
