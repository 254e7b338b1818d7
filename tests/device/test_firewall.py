"""The firewall against real packets: what is let in, what is dropped, and that a tablet gets no further than the station."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import net
import pytest
import rootfs

from appliance.provision.firewall import FILE, firewall
from appliance.provision.site import StationSite
from appliance.provision.site_file import EXAMPLE, read_site

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("debootstrap", "ip", "mount")
PORTS = {"tcp": (22, 53, 80, 443, 631, 5000, 8443, 9090), "udp": (53, 67, 111, 123, 5353, 9999)}
LISTENING = {"tcp": tuple(port for port in PORTS["tcp"] if port != 443), "udp": PORTS["udp"]}

pytestmark = pytest.mark.device


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def tree(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Debian whose `nft` speaks to this kernel."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(lacking) or 'nothing else'}")
    try:
        layers = rootfs.with_packages(request.param, "nftables")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no {request.param} with nftables: {error.stderr}")
    with rootfs.layered(*layers, upper=tmp_path_factory.mktemp(request.param) / "nft") as made:
        (made / FILE).parent.mkdir(parents=True)
        yield made


@pytest.fixture
def world() -> Iterator[net.World]:
    with net.world() as made, made.answering(made.station, LISTENING):
        yield made


def load(world: net.World, tree: Path, text: str) -> None:
    (tree / FILE).write_text(text, encoding="utf-8")
    for options in (["-c"], []):
        world.run(world.station, "chroot", str(tree), "nft", *options, "-f", f"/{FILE}")


def station() -> StationSite:
    return read_site(EXAMPLE).stations[0]


def test_without_it_everything_would_be_open(world: net.World, tree: Path) -> None:
    """Else the next tests would show nothing."""
    del tree
    everything = {f"{kind} {number}" for kind, numbers in LISTENING.items() for number in numbers}
    assert world.open_to(world.tablet, net.STATION, PORTS) == everything
    assert world.open_to(world.upstream, net.OUTSIDE, PORTS) == everything


def test_before_a_site_file_was_read_nothing_comes_in(world: net.World, tree: Path) -> None:
    load(world, tree, (ROOT / "systemd/files/firewall.nft").read_text(encoding="utf-8"))
    assert world.open_to(world.tablet, net.STATION, PORTS) == set()
    assert world.open_to(world.upstream, net.OUTSIDE, PORTS) == set()


def test_each_side_reaches_what_is_meant_for_it(world: net.World, tree: Path) -> None:
    load(world, tree, firewall(station()))
    tablet = {"tcp 53", "tcp 80", "tcp 443 to 8443", "tcp 8443", "udp 53", "udp 67", "udp 5353"}
    assert world.open_to(world.tablet, net.STATION, PORTS) == tablet
    assert world.open_to(world.upstream, net.OUTSIDE, PORTS) == {"tcp 22"}
    # The station's other address is no way around: which link a packet came by decides, not where it wants to go.
    assert world.open_to(world.upstream, net.STATION, PORTS) == {"tcp 22"}
    # The station itself gets everywhere.
    with world.answering(world.upstream, {"tcp": (443,), "udp": (53,)}):
        assert world.open_to(world.station, net.UPSTREAM, {"tcp": (443,), "udp": (53,)}) == {"tcp 443", "udp 53"}


def test_ssh_stays_shut_where_nobody_may_log_in_and_the_page_opens_where_the_site_says(
    world: net.World, tree: Path
) -> None:
    openings = replace(station().openings, ssh=(), page=("hotspot", "ethernet"))
    load(world, tree, firewall(replace(station(), openings=openings, technician=None)))
    assert world.open_to(world.upstream, net.OUTSIDE, PORTS) == {"tcp 443 to 8443", "tcp 8443"}


@pytest.mark.parametrize("online", [False, True])
def test_a_tablet_goes_through_the_station_only_where_the_site_allows_it(
    world: net.World, tree: Path, online: bool
) -> None:
    own = station().hotspot
    assert own is not None
    load(world, tree, firewall(replace(station(), hotspot=replace(own, tablets_online=online))))
    outside = {"tcp": (443, 9090), "udp": (53,)}
    with world.answering(world.upstream, outside), world.answering(world.tablet, {"tcp": (9090,)}):
        reached = world.open_to(world.tablet, net.UPSTREAM, outside)
        assert reached == ({"tcp 443", "tcp 9090", "udp 53"} if online else set())
        # Nobody outside reaches a tablet, either way.
        assert world.open_to(world.upstream, net.TABLET, {"tcp": (9090,)}) == set()


def test_guessing_over_ssh_is_slow_and_keeps_nobody_else_out(world: net.World, tree: Path) -> None:
    load(world, tree, firewall(station()))
    answered = [bool(world.open_to(world.upstream, net.OUTSIDE, {"tcp": (22,)})) for _ in range(10)]
    assert answered[:5] == [True] * 5
    assert answered.count(True) <= 8
    technician = "192.0.2.2"
    world.run(world.upstream, "ip", "address", "add", f"{technician}/24", "dev", "eth0")
    world.run(world.upstream, "ip", "route", "replace", "192.0.2.0/24", "dev", "eth0", "src", technician)
    assert world.open_to(world.upstream, net.OUTSIDE, {"tcp": (22,)}) == {"tcp 22"}


def test_a_new_site_file_replaces_the_rules_without_a_gap_and_its_end_takes_them_away(
    world: net.World, tree: Path
) -> None:
    load(world, tree, firewall(station()))
    load(world, tree, firewall(station()))
    chroot = ("chroot", str(tree), "nft")
    rules = world.run(world.station, *chroot, "list", "ruleset")
    assert rules.count("table inet") == 1
    assert rules.count("tcp dport 8443 accept") == 1
    world.run(world.station, *chroot, "delete", "table", "inet", "capture_station")
    assert world.run(world.station, *chroot, "list", "ruleset") == ""
