"""The firewall of a station: on each link only what its site opened; the tablets' network ends at the station.

One table of its own, replaced in one step; NetworkManager's table for the hotspot stays beside it. A packet must pass both.
"""

from __future__ import annotations

from appliance.provision.site import ADDRESS, StationSite

TABLE = "capture_station"
FILE = "etc/station/firewall.nft"
PAGE_PORT = 8443


def firewall(station: StationSite) -> str:
    """The text for `nft -f`: replaces the table as a whole, and is itself the same after any number of loads."""
    own = [f"iifname {_quoted(station.interface('hotspot'))} jump hotspot"] if station.hotspot else []
    opened = _opened(station)
    return f"""\
# Made by station-network from /etc/station/site.toml; anything not named here is dropped without an answer.
table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
{_GUESSERS}
{_chain("ssh", _SSH)}
{_chain("hotspot", _HOTSPOT if station.hotspot else [])}
{_chain("input", ["type filter hook input priority filter; policy drop;", *_ALWAYS, *own, *opened])}
{_chain("forward", ["type filter hook forward priority filter; policy drop;", *_forwarded(station)])}
{_chain("door", ["type nat hook prerouting priority dstnat;", *_door(station)])}
}}
"""


_ALWAYS = [
    'iifname "lo" accept',
    "ct state established,related accept",
    "ct state invalid drop",
    # Whether it is there, and how large packets may be; answered slowly enough to be of no use for a flood.
    "icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } limit rate 20/second accept",
    "icmpv6 type { echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem } "
    "limit rate 20/second accept",
    # Without these there is no IPv6 at all; they are only believed from the same cable.
    "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, mld-listener-query } ip6 hoplimit { 1, 255 } accept",
    "ip6 saddr fe80::/10 udp dport 546 accept",
]
# A guesser gets six tries a minute, of each address (each network of IPv6, where addresses are free), so that no guesser keeps the
# technician out; somebody with a key never notices.
_SLOWLY = "limit rate 6/minute burst 6 packets"
_GUESSERS = """\
    set ssh4 { type ipv4_addr; size 4096; flags dynamic, timeout; timeout 5m; }
    set ssh6 { type ipv6_addr; size 4096; flags dynamic, timeout; timeout 5m; }"""
_SSH = [
    f"meta nfproto ipv4 add @ssh4 {{ ip saddr {_SLOWLY} }} accept",
    f"meta nfproto ipv6 add @ssh6 {{ ip6 saddr & ffff:ffff:ffff:ffff:: {_SLOWLY} }} accept",
]
# What a tablet needs before there is a page: an address, names, and the answer that the network is fine.
_HOTSPOT = [
    "udp dport 67 accept",
    f"ip daddr {ADDRESS} udp dport 53 accept",
    f"ip daddr {ADDRESS} tcp dport {{ 53, 80 }} accept",
]


def _opened(station: StationSite) -> list[str]:
    openings = station.openings
    doors = (
        (openings.page, f"tcp dport {PAGE_PORT} accept"),
        (openings.name, "udp dport 5353 accept"),
        (openings.ssh, "tcp dport 22 ct state new jump ssh"),
    )
    return [f"iifname {name} {rule}" for links, rule in doors for name in _names(station, links)]


def _forwarded(station: StationSite) -> list[str]:
    if not (station.hotspot and station.hotspot.tablets_online):
        return []
    tablets = _quoted(station.hotspot.interface)
    return [
        "ct state established,related accept",
        f"iifname {tablets} oifname != {tablets} accept",
    ]


def _door(station: StationSite) -> list[str]:
    """The page at https://NAME.local, without a port to type."""
    rule = f"fib daddr type local tcp dport 443 redirect to :{PAGE_PORT}"
    return [f"iifname {name} {rule}" for name in _names(station, station.openings.page)]


def _names(station: StationSite, links: tuple[str, ...]) -> list[str]:
    """The interfaces of `links`; a rule each, since older nft takes no `wwan*` in a set."""
    return list(dict.fromkeys(_quoted(name) for link in links if (name := station.interface(link)) is not None))


def _quoted(name: str | None) -> str:
    return f'"{name}"'


def _chain(name: str, rules: list[str]) -> str:
    lines = "".join(f"        {rule}\n" for rule in rules)
    return f"    chain {name} {{\n{lines}    }}"
