"""The network's part of a device: firewall, hotspot, portal, enrolment. Their files are made by station-network on the device."""

from __future__ import annotations

import shutil

from provisioning.installer.context import SETTINGS, USER, Context
from provisioning.installer.files import same, write
from provisioning.installer.step import Step

ENABLED = (
    "station-network.service",
    "station-firewall.service",
    "station-hotspot.service",
    "station-enrol.service",
    "station-hostkeys.service",
    "station-portal.socket",
)
UNITS = (*ENABLED, "station-portal.service")  # its socket starts it
SITE_FILE = f"{SETTINGS}/site.toml"
FIREWALL = f"{SETTINGS}/firewall.nft"
_PLACE = "etc/systemd/system"
_AVAHI = f"{_PLACE}/avahi-daemon.service.d/capture-station.conf"
# What station-network writes; `appliance/provision/network.py` says it too, a test holds both equal.
MADE = (
    FIREWALL,
    f"{SETTINGS}/country.env",
    "etc/NetworkManager/conf.d/capture-station.conf",
    "etc/NetworkManager/dnsmasq-shared.d/capture-station.conf",
    "etc/NetworkManager/system-connections/station-cellular.nmconnection",
    "etc/NetworkManager/system-connections/station-ethernet.nmconnection",
    "etc/NetworkManager/system-connections/station-hotspot.nmconnection",
    "etc/NetworkManager/system-connections/station-wifi-wpa3.nmconnection",
    "etc/NetworkManager/system-connections/station-wifi.nmconnection",
    "etc/avahi/capture-station.conf",
    "etc/avahi/services/capture-station.service",
    "etc/modprobe.d/capture-station.conf",
    "etc/ssh/sshd_config.d/60-capture-station.conf",
    "run/issue.d/capture-station.issue",
    "run/station-network/hotspot.json",
)


def steps() -> tuple[Step, ...]:
    """In the order in which they are done."""
    return (
        Step("network", lambda c: f"network: {', '.join(ENABLED)}", _there, _install, _remove),
        Step(
            "connect",
            lambda c: "hotspot, firewall and portal start now",
            _runs,
            _start,
            wanted=lambda c: c.start,
        ),
    )


def _text(context: Context, name: str) -> str:
    return (context.source / "systemd" / name).read_text(encoding="utf-8")


def _there(context: Context) -> bool:
    files = all(same(context.root / _PLACE / name, _text(context, name)) for name in UNITS)
    avahi = same(context.root / _AVAHI, _text(context, "files/avahi.conf"))
    enabled = all(context.succeeds(["systemctl", "is-enabled", "-q", name]) for name in ENABLED)
    folders = all((context.root / name).parent.is_dir() for name in MADE if name.startswith("etc/"))
    return files and avahi and enabled and folders and (context.root / FIREWALL).is_file() and _site_readable(context)


def _install(context: Context) -> None:
    for name in UNITS:
        write(context.root / _PLACE / name, _text(context, name))
    for name in MADE:  # station-network may write into folders that are there, not make new ones beside the system's
        (context.root / name).parent.mkdir(parents=True, exist_ok=True)
    write(context.root / _AVAHI, _text(context, "files/avahi.conf"))
    if not (context.root / FIREWALL).is_file():
        write(context.root / FIREWALL, _text(context, "files/firewall.nft"))
    site = context.root / SITE_FILE
    if site.is_file() and not _site_readable(context):  # `station label` reads it; keys of foreign networks are in it
        shutil.chown(site, "root", USER)
        site.chmod(0o640)
    context.succeeds(["systemctl", "daemon-reload"])  # nothing to reload while an image is made
    context.run(
        ["systemctl", "enable", "-q", *ENABLED], advice="see: systemd-analyze verify /etc/systemd/system/station-*"
    )


def _site_readable(context: Context) -> bool:
    site = context.root / SITE_FILE
    return not site.is_file() or (site.group() == USER and site.stat().st_mode & 0o777 == 0o640)


def _remove(context: Context) -> None:
    context.succeeds(["systemctl", "disable", "--now", *UNITS])
    for name in (*(f"{_PLACE}/{unit}" for unit in UNITS), _AVAHI, *MADE):
        (context.root / name).unlink(missing_ok=True)
    folder = (context.root / _AVAHI).parent
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    context.succeeds(["systemctl", "daemon-reload"])
    context.succeeds(["nmcli", "connection", "reload"])


def _runs(context: Context) -> bool:
    names = ("station-network.service", "station-firewall.service", "station-portal.socket")
    return all(context.succeeds(["systemctl", "is-active", "-q", name]) for name in names)


def _start(context: Context) -> None:
    advice = "see: journalctl -u station-network -n 20"
    context.run(["systemctl", "restart", "station-network.service", "station-firewall.service"], advice=advice)
    context.run(["systemctl", "restart", "station-portal.socket"], advice="see: systemctl status station-portal.socket")
    # These take as long as radio and platform do; they try by themselves.
    context.run(
        ["systemctl", "--no-block", "restart", "station-hotspot.service", "station-enrol.service"], advice=advice
    )
