"""What a radio can do as an access point, as far as it is known to fail; and what was made of the site's wish, for the doctor."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from appliance.provision.site import Security, StationSite

# A Pi's own radio: WPA3 wants protected management frames, which its firmware does not do dependably as access point. With them its
# beacons and its handshake disagree, and no tablet, or only some, can join (github.com/raspberrypi/linux/issues/3619, 4718, 7358).
WITHOUT_PROTECTED_FRAMES = frozenset({"brcmfmac"})
TOLD = "run/station-network/hotspot.json"  # the doctor reads it
APPEARS_WITHIN_S = 10.0  # a radio whose firmware is still being loaded at the machine's start
_ASKED_FOR_WPA3: tuple[Security, ...] = ("wpa2-wpa3", "wpa3")


def driver(interface: str, root: Path = Path("/")) -> str:
    """The kernel's driver of a network interface; empty where there is none."""
    link = root / "sys/class/net" / interface / "device/driver"
    return link.resolve().name if link.exists() else ""


def awaited(station: StationSite, root: Path = Path("/"), seconds: float = APPEARS_WITHIN_S) -> None:
    """Wait until the hotspot's radio is there, if the site asks it for more than every radio can."""
    own = station.hotspot
    if own is None or own.security not in _ASKED_FOR_WPA3:
        return
    end = time.monotonic() + seconds
    while not driver(own.interface, root) and time.monotonic() < end:
        time.sleep(0.2)


def for_radio(station: StationSite, root: Path = Path("/")) -> StationSite:
    """The station with its hotspot's security decided by its radio: that tablets can join goes before the wish for WPA3."""
    own = station.hotspot
    if own is None or own.security == "wpa2":
        return station
    found = driver(own.interface, root)
    if found in WITHOUT_PROTECTED_FRAMES:
        return replace(station, hotspot=replace(own, security="wpa2"))
    if own.security != "auto":
        return station
    # Not there yet: what every radio can.
    return replace(station, hotspot=replace(own, security="wpa2-wpa3" if found else "wpa2"))


def told(asked: StationSite, made: StationSite, root: Path = Path("/")) -> str:
    """What was asked, what was made of it and on which radio, as JSON; empty without a hotspot."""
    if asked.hotspot is None or made.hotspot is None:
        return ""
    name = asked.hotspot.interface
    rows = {"interface": name, "driver": driver(name, root)}
    return json.dumps(rows | {"asked": asked.hotspot.security, "made": made.hotspot.security}) + "\n"


def why_less(asked: StationSite, made: StationSite) -> tuple[str, str] | None:
    """Chinese and English reason why a hotspot is not what its site asked for; none where it is."""
    wanted, own = asked.hotspot, made.hotspot
    if wanted is None or own is None or wanted.security in ("auto", own.security):
        return None
    name, security = wanted.interface, wanted.security
    return (
        f"热点要求 {security}，但 {name} 是树莓派自带的网卡，做热点时不能可靠支持 WPA3，因此用 WPA2（密码为随机 79 位）。"
        f'要用 WPA3：插一块 USB 网卡，在 [hotspot] 中写 interface = "wlan1"',
        f"the hotspot was to be {security}, but {name} is a Raspberry Pi's own radio, which cannot do WPA3 dependably as an "
        f"access point: it is WPA2, its passphrase random (79 bits). "
        f'For WPA3 plug in a USB adapter and write interface = "wlan1" in [hotspot]',
    )
