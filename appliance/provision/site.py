"""What a site wants of its stations: one value for the site, one for each station. Made by `site_file`, never by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Link = Literal["hotspot", "ethernet", "wifi", "cellular"]
# `auto`, of a hotspot: both WPAs wherever the radio can (`radio.py`); of a network that is joined: whichever it turns out to have.
Security = Literal["auto", "wpa2", "wpa2-wpa3", "wpa3"]
SECURITY: tuple[Security, ...] = ("auto", "wpa2", "wpa2-wpa3", "wpa3")
LINKS: tuple[Link, ...] = ("hotspot", "ethernet", "wifi", "cellular")
CELLULAR_INTERFACES = "wwan*"  # ModemManager names the network interface itself
ADDRESS = "10.42.0.1"  # the station on its own hotspot: NetworkManager's address of a shared connection
PREFIX_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Hotspot:
    """The tablets' network, made by the station itself. Its passphrase is made on the device and is not in here."""

    interface: str
    ssid: str
    band: Literal["2.4", "5"]
    channel: int
    security: Security
    tablets_online: bool


@dataclass(frozen=True, slots=True)
class Ethernet:
    """`address` is `dhcp`, or address/length with a gateway and name servers."""

    interface: str
    address: str
    gateway: str
    dns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wifi:
    """Somebody else's Wi-Fi that leads outside; `psk` and `password` are both empty for an open network.

    `psk`: 64 hex digits in place of the password, which WPA2 takes. WPA3 (SAE) wants the `password` itself.
    """

    interface: str
    ssid: str
    security: Security
    psk: str
    password: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Cellular:
    """A modem, last choice and metered."""

    apn: str
    user: str
    password: str
    pin: str


@dataclass(frozen=True, slots=True)
class Openings:
    """On which links the station lets others in: the page, its name (mDNS), ssh. Nothing else is open anywhere."""

    page: tuple[str, ...]
    name: tuple[str, ...]
    ssh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Technician:
    """Who may log in over ssh, by key only."""

    user: str
    ssh_key: str


@dataclass(frozen=True, slots=True)
class StationSite:
    """Everything one station is told. `token` is its one-time enrolment token, empty when it is enrolled by hand."""

    name: str
    school: str
    country: str
    timezone: str
    platform: str
    token: str
    hotspot: Hotspot | None
    ethernet: Ethernet
    wifi: Wifi | None
    cellular: Cellular | None
    openings: Openings
    technician: Technician | None
    devices: Mapping[str, Any]

    def interface(self, link: str) -> str | None:
        """The name of a link's network interface; none where the station has no such link."""
        match link:
            case "hotspot":
                return self.hotspot.interface if self.hotspot else None
            case "wifi":
                return self.wifi.interface if self.wifi else None
            case "cellular":
                return CELLULAR_INTERFACES if self.cellular else None
            case _:
                return self.ethernet.interface


@dataclass(frozen=True, slots=True)
class Site:
    """A site with all its stations. `authority`: whether one authority vouches for all of them."""

    school: str
    authority: Literal["site", "station"]
    stations: tuple[StationSite, ...]
