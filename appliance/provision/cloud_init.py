"""The files a fresh Raspberry Pi OS reads on its first start, for one station: cloud-init's (trixie), and a script (bookworm).

What is secret (token, keys, upstream Wi-Fi) is wiped from the boot partition at the end of the first start: anybody can read
that one.
"""

from __future__ import annotations

import json
import shlex
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.provision.device_file import device_file, station_settings
from appliance.provision.keyfiles import METRICS, connections
from appliance.provision.site import StationSite
from appliance.provision.yaml_text import Yaml, yaml_text

BOOT = "/boot/firmware"
_HERE = Path(__file__).parent
_NAMESPACE = uuid.UUID("0e9c1c0b-6c0d-4f8e-8a51-5c1c1b0e6a35")
UNIT = "become-station.service"  # not `station-...`: the installer it runs would take it for one of an older release


@dataclass(frozen=True, slots=True)
class Lent:
    """What the site's authority lends one station, as PEM texts; `site` is what tablets trust."""

    site: str
    signer: str
    key: str


@dataclass(frozen=True, slots=True)
class Written:
    """A file that the first start puts onto the device; `mode` as octal text."""

    path: str
    text: str
    mode: str


def first_boot_files(station: StationSite, settings: str, lent: Lent | None) -> dict[str, str]:
    """File name on the boot partition to text. `settings` is the common `station.toml`; `lent` is none with an authority each."""
    written = device_files(station, settings, lent)
    return {
        "user-data": "#cloud-config\n" + yaml_text(_user_data(station, written)),
        "meta-data": yaml_text(_meta_data(station, written)),
        "network-config": yaml_text({"network": _network(station)}),
        "firstrun.sh": _firstrun(station, written),
    }


def device_files(station: StationSite, settings: str, lent: Lent | None) -> tuple[Written, ...]:
    """What the device gets, whichever way: its site file, settings, token, the authority's loan, and the unit that installs."""
    files = [
        Written("/etc/station/site.toml", device_file(station, "site" if lent else "station"), "0640"),
        Written("/etc/station/station.toml", station_settings(settings, station), "0644"),
        Written(f"/etc/systemd/system/{UNIT}", _text("become.service").replace("@BOOT@", BOOT), "0644"),
    ]
    if station.token:
        rows = {"platform": station.platform, "token": station.token, "name": station.name}
        text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in rows.items())
        files.append(Written("/etc/station/enrolment.toml", text, "0600"))
    if lent:
        for name, text in (("site-ca.pem", lent.site), ("signer.pem", lent.signer), ("signer.key", lent.key)):
            files.append(Written(f"/etc/station/authority/{name}", text, "0600"))
    return tuple(files)


def _user_data(station: StationSite, written: tuple[Written, ...]) -> Mapping[str, Yaml]:
    users: list[Yaml] = []
    if station.technician:
        users.append(
            {
                "name": station.technician.user,
                "groups": ["sudo", "systemd-journal"],
                "shell": "/bin/bash",
                # No password, so none is default: the key opens the account, and sudo asks for nothing more.
                "lock_passwd": True,
                "sudo": "ALL=(ALL) NOPASSWD:ALL",
                "ssh_authorized_keys": [station.technician.ssh_key],
            }
        )
    files: list[Yaml] = [{"path": file.path, "permissions": file.mode, "content": file.text} for file in written]
    return {
        "hostname": station.name,
        "manage_etc_hosts": True,
        "timezone": station.timezone,
        "users": users,
        "ssh_pwauth": False,
        "disable_root": True,
        "write_files": files,
        "runcmd": [["sh", "-c", line] for line in _last_commands(station)],
    }


def _last_commands(station: StationSite) -> list[str]:
    """After the files are there: an image that is a station already reads them, any other system becomes one."""
    used = "#cloud-config\n# Used; what was in here is on the device.\n"
    ssh = ["systemctl enable --now ssh"] if station.technician else []
    cable = yaml_text({"network": _network(replace(station, wifi=None))})
    return [
        *ssh,
        "if [ -x /opt/capture-station/current/bin/station ]; then chgrp -R station /etc/station; "
        "systemctl restart station-firstboot station-network station; systemctl --no-block start station-enrol; "
        f"else systemctl enable --now --no-block {UNIT}; fi",
        # FAT has no owners: what is secret does not stay where any card reader shows it.
        f"[ ! -d {BOOT} ] || {{ printf %s {shlex.quote(used)} > {BOOT}/user-data; rm -f {BOOT}/firstrun.sh; "
        f"printf %s {shlex.quote(cable)} > {BOOT}/network-config; sync; }}",
    ]


def _meta_data(station: StationSite, written: tuple[Written, ...]) -> Mapping[str, Yaml]:
    """Another site file is another instance: cloud-init starts from the beginning when its card is written anew."""
    content = "\0".join(file.text for file in written)
    return {"instance-id": f"{station.name}-{uuid.uuid5(_NAMESPACE, content)}", "local-hostname": station.name}


def _network(station: StationSite) -> Mapping[str, Yaml]:
    """What it takes to get outside for the first time; from then on station-network's connections have precedence."""
    cable = station.ethernet
    addressed: dict[str, Yaml] = {"dhcp4": True, "dhcp4-overrides": {"route-metric": METRICS["ethernet"]}}
    if cable.address != "dhcp":
        route: Yaml = {"to": "0.0.0.0/0", "via": cable.gateway, "metric": METRICS["ethernet"]}
        addressed = {"dhcp4": False, "addresses": [cable.address], "routes": [route]}
        if cable.dns:
            addressed["nameservers"] = {"addresses": list(cable.dns)}
    network: dict[str, Yaml] = {"version": 2, "ethernets": {cable.interface: {**addressed, "optional": True}}}
    if station.wifi:
        secret = station.wifi.psk or station.wifi.password
        access: dict[str, Yaml] = {"password": secret} if secret else {}
        if station.wifi.security == "wpa3":
            # netplan knows one way a network: where WPA3 is the only one, the site file has to say so
            access = {"auth": {"key-management": "sae", "password": secret}}
        if station.wifi.hidden:
            access["hidden"] = True
        network["wifis"] = {
            station.wifi.interface: {
                "dhcp4": True,
                "dhcp4-overrides": {"route-metric": METRICS["wifi"]},
                "optional": True,
                "regulatory-domain": station.country,
                "access-points": {station.wifi.ssid: access},
            }
        }
    return network


def _firstrun(station: StationSite, written: tuple[Written, ...]) -> str:
    """The same in shell, for the system before cloud-init; its way outside are NetworkManager's own files."""
    commands = [
        f"hostnamectl set-hostname {station.name} || echo {station.name} > /etc/hostname",
        f"ln -sf /usr/share/zoneinfo/{station.timezone} /etc/localtime",
        "install -d -m 750 /etc/station",
    ]
    outside = connections(replace(station, hotspot=None), passphrase="")
    for file in (*written, *(Written(f"/{path}", text, "0600") for path, text in outside.items())):
        commands.append(
            f"install -D -m {file.mode} /dev/stdin {file.path} <<'END_OF_FILE'\n{file.text.rstrip()}\nEND_OF_FILE"
        )
    if station.technician:
        user, home = station.technician.user, f"/home/{station.technician.user}"
        commands += [
            f"id {user} >/dev/null 2>&1 || useradd -m -s /bin/bash -G sudo,systemd-journal {user}",
            f"passwd -q -l {user}",
            f"echo '{user} ALL=(ALL) NOPASSWD:ALL' | install -m 440 /dev/stdin /etc/sudoers.d/010_{user}",
            f"install -d -m 700 -o {user} -g {user} {home}/.ssh",
            f"echo {shlex.quote(station.technician.ssh_key)} "
            f"| install -m 600 -o {user} -g {user} /dev/stdin {home}/.ssh/authorized_keys",
            "systemctl enable ssh",
        ]
    commands.append(f"systemctl enable {UNIT}")
    return _text("firstrun.sh").replace("@COMMANDS@", "\n".join(commands))


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
