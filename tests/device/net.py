"""A station's place in the world in network namespaces of this machine: tablets on one side, somebody's network on the other.

`tablet --- wlan0 [station] eth0 --- upstream`: veth pairs that carry the station's interface names, so that its own rules meet real
packets of this kernel.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROBE = Path(__file__).with_name("probe.py")
STATION, TABLET = "10.42.0.1", "10.42.0.57"
OUTSIDE, UPSTREAM = "192.0.2.10", "192.0.2.1"  # RFC 5737: the station's address on the cable, and what is beyond


@dataclass(frozen=True, slots=True)
class World:
    """Names of the three namespaces."""

    station: str
    tablet: str
    upstream: str

    def run(self, space: str, *command: str, timeout: float = 60) -> str:
        """What a command says in a namespace. Raises `CalledProcessError`."""
        done = subprocess.run(
            ["ip", "netns", "exec", space, *command], capture_output=True, text=True, check=False, timeout=timeout
        )
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
        return done.stdout

    def open_to(self, space: str, address: str, ports: dict[str, tuple[int, ...]]) -> set[str]:
        """Which of `ports` (`tcp` and `udp`) answer at `address` when asked from `space`, such as `tcp 8443`."""
        out = self.run(space, sys.executable, str(PROBE), "ask", address, json.dumps(ports))
        return set(json.loads(out))

    @contextmanager
    def answering(self, space: str, ports: dict[str, tuple[int, ...]]) -> Iterator[None]:
        """Have something that answers behind every port of `ports` in `space`, on every address."""
        command = ["ip", "netns", "exec", space, sys.executable, str(PROBE), "answer", json.dumps(ports)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as answering:
            try:
                assert answering.stdout is not None
                assert answering.stdout.readline() == "ready\n"
                yield
            finally:
                answering.kill()


@contextmanager
def world() -> Iterator[World]:
    """The three namespaces, joined; gone at the end."""
    mark = f"cs{os.getpid()}"
    made = World(f"{mark}-station", f"{mark}-tablet", f"{mark}-upstream")
    spaces = (made.station, made.tablet, made.upstream)
    try:
        for space in spaces:
            subprocess.run(["ip", "netns", "add", space], check=True)
            made.run(space, "ip", "link", "set", "lo", "up")
        _join(made, "wlan0", f"{STATION}/24", made.tablet, f"{TABLET}/24", via=STATION)
        _join(made, "eth0", f"{OUTSIDE}/24", made.upstream, f"{UPSTREAM}/24", via=OUTSIDE)
        made.run(made.station, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        yield made
    finally:
        for space in spaces:
            subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)


def _join(made: World, interface: str, own: str, space: str, theirs: str, via: str) -> None:
    peer = ["peer", "name", "eth0", "netns", space]
    made.run(made.station, "ip", "link", "add", interface, "type", "veth", *peer)
    made.run(made.station, "ip", "address", "add", own, "dev", interface)
    made.run(made.station, "ip", "link", "set", interface, "up")
    made.run(space, "ip", "address", "add", theirs, "dev", "eth0")
    made.run(space, "ip", "link", "set", "eth0", "up")
    made.run(space, "ip", "route", "add", "default", "via", via)
