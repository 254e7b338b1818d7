"""What tablets on the hotspot are told of names: the station's own, and that the network is fine although it leads nowhere."""

from __future__ import annotations

from appliance.provision.firewall import PAGE_PORT
from appliance.provision.site import ADDRESS, StationSite

DNSMASQ = "etc/NetworkManager/dnsmasq-shared.d/capture-station.conf"
AVAHI = "etc/avahi/capture-station.conf"
AVAHI_SERVICE = "etc/avahi/services/capture-station.service"
CAPTIVE_PORTAL = "/captive-portal"
# Windows asks for this name too, and wants just this address (learn.microsoft.com: NCSI active probes).
_WINDOWS = ("dns.msftncsi.com", "131.107.255.255")


def dnsmasq(station: StationSite) -> str:
    """For NetworkManager's dnsmasq on the hotspot. Every name leads to the station, unless tablets may go outside."""
    lines = [
        "# Made by station-network from /etc/station/site.toml.",
        # RFC 8910: where tablets ask whether they are held captive; the answer is no (RFC 8908).
        f"dhcp-option=114,https://{ADDRESS}:{PAGE_PORT}{CAPTIVE_PORTAL}",
        f"address=/{station.name}.local/{station.name}/{ADDRESS}",
        "dhcp-lease-max=50",
        "cache-size=500",
    ]
    if station.hotspot and not station.hotspot.tablets_online:
        name, address = _WINDOWS
        lines += [f"address=/#/{ADDRESS}", f"address=/{name}/{address}", "no-resolv", "local-ttl=60"]
    return "\n".join(lines) + "\n"


def avahi(station: StationSite) -> str:
    """NAME.local, on the links where the site wants it, and nothing else of what avahi could tell or carry on."""
    shown = [name for link in station.openings.name if (name := station.interface(link)) and "*" not in name]
    return f"""\
# Made by station-network from /etc/station/site.toml.
[server]
host-name={station.name}
use-ipv4=yes
use-ipv6=no
allow-interfaces={",".join(shown) or "lo"}
disallow-other-stacks=yes
ratelimit-interval-usec=1000000
ratelimit-burst=200
cache-entries-max=200
clients-max=8

[publish]
publish-hinfo=no
publish-workstation=no
publish-domain=no
publish-a-on-ipv6=no
publish-aaaa-on-ipv4=no

[reflector]
enable-reflector=no

[wide-area]
enable-wide-area=no
"""


def avahi_service(port: int = PAGE_PORT) -> str:
    """The page in lists of what is near."""
    return f"""\
<?xml version="1.0" standalone='no'?>
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group>
  <name replace-wildcards="yes">Capture station %h</name>
  <service><type>_https._tcp</type><port>{port}</port></service>
</service-group>
"""
