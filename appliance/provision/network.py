"""Everything on a device that follows from its site file: which files, with which text and mode. Pure: nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.provision import firewall, names
from appliance.provision.keyfiles import connections
from appliance.provision.site import StationSite

COUNTRY = "etc/station/country.env"
MODPROBE = "etc/modprobe.d/capture-station.conf"
NETWORK_MANAGER = "etc/NetworkManager/conf.d/capture-station.conf"
SSHD = "etc/ssh/sshd_config.d/60-capture-station.conf"
SECRET, PUBLIC = 0o600, 0o644
# No stranger is asked whether there is an Internet; no naps of the radio.
_NETWORK_MANAGER = "[connectivity]\nenabled=false\n\n[connection]\nwifi.powersave=2\n"


@dataclass(frozen=True, slots=True)
class DeviceFile:
    """A file to be there, `path` below the root."""

    path: str
    text: str
    mode: int


def network_files(station: StationSite, passphrase: str) -> tuple[DeviceFile, ...]:
    """All of them. `passphrase` is the hotspot's."""
    public = {
        firewall.FILE: firewall.firewall(station),
        names.DNSMASQ: names.dnsmasq(station),
        names.AVAHI: names.avahi(station),
        names.AVAHI_SERVICE: names.avahi_service(),
        # The radio's country: for the kernel's next start, and for `iw` at this one.
        MODPROBE: f"options cfg80211 ieee80211_regdom={station.country}\n",
        COUNTRY: f"COUNTRY={station.country}\n",
        NETWORK_MANAGER: _NETWORK_MANAGER,
    }
    if station.technician:  # whoever set the machine up by hand with a password of their own is not locked out
        public[SSHD] = Path(__file__).with_name("sshd.conf").read_text(encoding="utf-8")
    kept = connections(station, passphrase)
    return (
        *(DeviceFile(path, text, SECRET) for path, text in kept.items()),
        *(DeviceFile(path, text, PUBLIC) for path, text in public.items()),
    )
