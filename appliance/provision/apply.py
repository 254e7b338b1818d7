"""`python -m appliance.provision.apply`: writes on this device what its site file asks of the network, and its label's text.

Run by station-network.service before the network starts: root without any capability, which hands it the two files of the
station's user that it needs as credentials (systemd.exec(5)). Exit code 0: all there. 1: a file could not be read or written,
which may pass: the unit tries again. 2: the site file, or what the first boot made, cannot be used, and a person must look; the
files of the last time stay.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from appliance.certificates import fingerprint
from appliance.ledger.files import write_durably
from appliance.provision import first_boot
from appliance.provision.device_file import SITE_FILE, station_at
from appliance.provision.first_boot import FirstBootUnreadable
from appliance.provision.keyfiles import FOLDER
from appliance.provision.label import console, label
from appliance.provision.mistakes import SiteFileWrong
from appliance.provision.network import DeviceFile, network_files
from appliance.provision.radio import TOLD, awaited, for_radio, told, why_less
from appliance.provision.site import StationSite

FIRST_BOOT, AUTHORITY = "first-boot", "site-ca"  # credentials of station-network.service
PASSING, UNUSABLE = 1, 2
ISSUE = "run/issue.d/capture-station.issue"  # in memory: a stolen card does not show it


def main() -> int:
    """Write what differs; the exit code."""
    credentials = Path(os.environ["CREDENTIALS_DIRECTORY"])
    try:
        station = station_at(SITE_FILE, socket.gethostname().split(".")[0] or "station")
        first = first_boot.read(credentials / FIRST_BOOT)
        awaited(station)
        made = for_radio(station)
        issue = console(label(made, first, fingerprint(credentials / AUTHORITY)))
    except OSError as error:
        print(f"network: {error}; tried again", file=sys.stderr)
        return PASSING
    except (SiteFileWrong, FirstBootUnreadable, ValueError) as error:
        print(f"network: {error}", file=sys.stderr)
        return UNUSABLE
    try:
        changed = apply(Path("/"), network_files(made, first.passphrase))
        write_durably(Path("/", ISSUE), issue.encode())
        write_durably(Path("/", TOLD), told(station, made).encode())
        Path("/", TOLD).chmod(0o644)  # for the doctor, which is the station's user
    except OSError as error:
        print(f"network: {error}; what was written before stays, the installer makes the folders", file=sys.stderr)
        return PASSING
    _take_name(station)
    if reason := why_less(station, made):
        print("network: " + "\nnetwork: ".join(reason), file=sys.stderr)
    print(f"network: {', '.join(changed) or 'nothing to change'}")
    return 0


def apply(root: Path, wanted: tuple[DeviceFile, ...]) -> list[str]:
    """Make `wanted` true below `root`, connections of an earlier site file removed; the paths that changed. Raises `OSError`."""
    changed = []
    for file in wanted:
        path = root / file.path
        there = path.is_file() and path.read_bytes() == file.text.encode()
        if there and path.stat().st_mode & 0o777 == file.mode:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, file.text.encode(), file.mode)
        path.chmod(file.mode)  # the unit's umask would take the group's and others' part away
        changed.append(file.path)
    kept = {root / file.path for file in wanted}
    for path in sorted((root / FOLDER).glob("station-*.nmconnection")):
        if path not in kept:
            path.unlink()
            changed.append(f"{FOLDER}/{path.name} (removed)")
    return changed


def _take_name(station: StationSite) -> None:
    """The machine's name is the station's: its certificate and NAME.local say the same."""
    if socket.gethostname() == station.name:
        return
    command = ["hostnamectl", "set-hostname", station.name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    except subprocess.TimeoutExpired:  # a busy start; the network does not wait for a name
        print(f"network: the name {station.name} was not taken within 20 s", file=sys.stderr)
        return
    if done.returncode:
        print(f"network: the name {station.name} was not taken: {done.stderr.strip()}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
