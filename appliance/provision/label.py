"""A station's label: what a person needs to join its Wi-Fi, open its page, trust its certificate and pair a tablet."""

from __future__ import annotations

from dataclasses import dataclass

import segno

from appliance.provision.first_boot import FirstBoot
from appliance.provision.site import ADDRESS, StationSite


@dataclass(frozen=True, slots=True)
class Label:
    """All that is printed. `ssid`, `passphrase` and `security` (what the radio makes) are empty where there is no hotspot."""

    school: str
    name: str
    ssid: str
    passphrase: str
    security: str
    url: str
    pairing_code: str
    setup_code: str
    fingerprint: str

    @property
    def wifi_code(self) -> str:
        """What a camera app joins a network by; empty without a hotspot.

        WPA3 Specification 3, section 7: the type is `WPA` for every generation, and `R:1` says that WPA2 is not offered: Android
        then takes the network for WPA3, where `WPA` alone would be WPA2 to it.
        """
        if not self.ssid:
            return ""
        only_wpa3 = "R:1;" if self.security == "wpa3" else ""
        return f"WIFI:T:WPA;{only_wpa3}S:{_escaped(self.ssid)};P:{_escaped(self.passphrase)};;"

    @property
    def page_code(self) -> str:
        """The page, with the pairing code where only the page's own script sees it."""
        return f"{self.url}/#pair={self.pairing_code}"


def label(station: StationSite, first: FirstBoot, fingerprint: str) -> Label:
    """The label of one station, as `radio.for_radio` has it; `fingerprint` is its authority's SHA-256."""
    own = station.hotspot
    return Label(
        school="" if station.school == "-" else station.school,
        name=station.name,
        ssid=own.ssid if own else "",
        passphrase=first.passphrase if own else "",
        security=own.security if own else "",
        url=f"https://{station.name}.local",
        pairing_code=first.pairing_code,
        setup_code=first.setup_code,
        fingerprint=fingerprint,
    )


def rows(printed: Label) -> list[tuple[str, str, str]]:
    """Chinese name, English name and value of each line."""
    wifi = [("无线网络", "Wi-Fi", printed.ssid), ("密码", "passphrase", printed.passphrase)] if printed.ssid else []
    return [
        *wifi,
        ("网页", "page", printed.url),
        ("配对码", "pairing code", printed.pairing_code),
        ("首次设置码", "set-up code", printed.setup_code),
    ]


def console(printed: Label) -> str:
    """The same for the machine's own screen, before anybody logs in. A plain console has no Chinese letters."""
    lines = [f"Capture station {printed.name}", ""]
    lines += [f"  {english:13} {value}" for _, english, value in rows(printed)]
    if printed.ssid:
        lines.append(f"  {'certificate':13} http://{ADDRESS}/  (on its Wi-Fi)")
    shown = printed.fingerprint.split(":")
    lines += [f"  {'SHA-256':13} {':'.join(shown[:16])}", f"  {'':13} {':'.join(shown[16:])}", ""]
    # agetty reads a backslash as the beginning of something to fill in.
    return "\n".join(lines).replace("\\", "\\\\") + "\n"


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The dark modules of a QR code, quiet zone included; a quarter of it may be dirty."""
    return tuple(
        tuple(bool(cell) for cell in row) for row in segno.make(text, error="q", micro=False).matrix_iter(border=4)
    )


def _escaped(text: str) -> str:
    """The five characters that the Wi-Fi code's own syntax uses."""
    return "".join(f"\\{letter}" if letter in '\\;,":' else letter for letter in text)
