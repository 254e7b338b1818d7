"""What a radio can do as an access point, as far as it is known to fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.provision.site import StationSite

# A Pi's own radio: its firmware knows no protected management frames as access point, and WPA3 wants them. If they are offered all
# the same, its beacons and its handshake disagree, and nobody can join (github.com/raspberrypi/linux/issues/3619, 4718).
WITHOUT_PROTECTED_FRAMES = frozenset({"brcmfmac"})


def driver(interface: str, root: Path = Path("/")) -> str:
    """The kernel's driver of a network interface; empty where there is none."""
    link = root / "sys/class/net" / interface / "device/driver"
    return link.resolve().name if link.exists() else ""


def for_radio(station: StationSite, root: Path = Path("/")) -> StationSite:
    """The station with `auto` decided by its hotspot's radio."""
    own = station.hotspot
    if own is None or own.security != "auto":
        return station
    found = driver(own.interface, root)
    can = found != "" and found not in WITHOUT_PROTECTED_FRAMES  # not there yet: what every radio can
    return replace(station, hotspot=replace(own, security="wpa2-wpa3" if can else "wpa2"))
