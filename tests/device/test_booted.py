"""The installer in a real Debian, booted with its own systemd: hardened units, TLS, a whole visit, killed and back, taken back."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import container
import pytest
import rootfs
import station_tree
import yaml
from sitter import a_sitter

from appliance.provision.cards import write_cards
from appliance.provision.site_file import read_site
from provisioning.image import clean, search
from provisioning.installer import network

HERE = Path(__file__).parent
NEEDED = ("debootstrap", "unshare", "pivot_root", "script", "mount")

pytestmark = pytest.mark.device


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Debian with a station in it: the tree that others layer their changes on."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(lacking) or 'nothing else'}")
    try:
        base = rootfs.debian(request.param)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no {request.param} to install into: {error}")
    upper = tmp_path_factory.mktemp(request.param) / "installed"
    with rootfs.layered(base, upper=upper) as tree, rootfs.entered(tree):
        print(f"\n{request.param}: installed in {station_tree.install(tree):.0f} s")
    yield upper
    shutil.rmtree(upper, ignore_errors=True)


def test_a_second_run_finds_everything_there(installed: Path, base: Path, tmp_path: Path) -> None:
    with rootfs.layered(installed, base, upper=tmp_path / "again") as tree, rootfs.entered(tree):
        plan = rootfs.inside(tree, "/root/source/provisioning/install", "--plan", "--no-start")
        assert plan.returncode == 0, plan.stderr
        assert [line for line in plan.stdout.splitlines() if line.startswith("to do")][1:] == []


def test_a_visit_passes_under_the_hardened_units_and_all_is_rescued(
    installed: Path, base: Path, tmp_path: Path
) -> None:
    with rootfs.layered(installed, base, upper=tmp_path / "booted") as tree:
        (tree / "srv").mkdir(exist_ok=True)
        shutil.copy(a_sitter(tmp_path), tree / "srv/sitter.jpg")
        booted = container.boot(tree, _script("up.sh", "visit.sh", "rescue.sh"), timeout=700)
    print(f"\nbooted, rehearsed, killed and back, rescued in {booted.seconds:.0f} s\n{booted.report}")
    assert booted.code == 0, booted.report
    assert "PASSED" in booted.report
    assert "RESCUED" in booted.report


def test_the_network_is_what_the_site_file_says(installed: Path, base: Path, tmp_path: Path) -> None:
    site = read_site(HERE / "site.toml")
    with rootfs.layered(installed, base, upper=tmp_path / "network") as tree:
        write_cards(site, tmp_path / "cards", settings="", source=None, now=datetime.now(UTC), wrote=print)
        card = yaml.safe_load((tmp_path / "cards/gym-1/user-data").read_text(encoding="utf-8"))
        for file in card["write_files"]:
            if not file["path"].endswith(
                ("station.toml", ".service")
            ):  # the stand-in camera stays, and it is a station already
                put = tree / file["path"][1:]
                put.parent.mkdir(parents=True, exist_ok=True)
                put.write_text(file["content"], encoding="utf-8")
                put.chmod(int(file["permissions"], 8))
        settings = tree / "etc/station/station.toml"
        settings.write_text(settings.read_text(encoding="utf-8").replace('"station"', '"gym-1"'), encoding="utf-8")
        with rootfs.entered(tree):  # what the card's last commands do on an image
            assert rootfs.inside(tree, "chgrp", "-R", "station", "/etc/station").returncode == 0
        booted = container.boot(tree, (HERE / "network.sh").read_text(encoding="utf-8"), timeout=280)
    print(f"\nbooted and examined in {booted.seconds:.0f} s\n{booted.report}")
    assert booted.code == 0, booted.report
    assert "PASSED" in booted.report


def test_an_image_of_a_used_station_holds_nothing_of_its_own(installed: Path, base: Path, tmp_path: Path) -> None:
    wait = "for _ in $(seq 120); do systemctl is-active -q station-firstboot && exit 0; sleep 0.5; done; exit 1"
    with rootfs.layered(installed, base, upper=tmp_path / "used") as tree:
        assert container.boot(tree, wait, timeout=200).code == 0
        before = list(search.secrets(tree))
        assert [line for line in before if line.startswith("var/lib/station/keys/tls.key: a private key")]
        key = (tree / "var/lib/station/keys/tls.key").read_bytes()
        assert len(clean.clean(tree)) >= 5
        assert list(search.secrets(tree)) == []
        # What was taken out is made anew, and differs.
        assert container.boot(tree, wait, timeout=200).code == 0
        assert (tree / "var/lib/station/keys/tls.key").read_bytes() != key


def test_uninstalling_keeps_what_was_captured(installed: Path, base: Path, tmp_path: Path) -> None:
    with rootfs.layered(installed, base, upper=tmp_path / "gone") as tree:
        (tree / "var/lib/station/captures").mkdir()
        (tree / "var/lib/station/captures/one").write_bytes(b"not to be lost")
        with rootfs.entered(tree):
            done = rootfs.inside(tree, "/root/source/provisioning/install", "--uninstall")
            assert done.returncode == 0, done.stderr
            assert not (tree / "opt/capture-station").exists()
            assert not list((tree / "etc/systemd/system").glob("station*"))
            assert not [name for name in network.MADE if (tree / name).exists()]
            assert (tree / "var/lib/station/captures/one").read_bytes() == b"not to be lost"
            assert (tree / "etc/station/station.toml").exists()
            done = rootfs.inside(tree, "/root/source/provisioning/install", "--uninstall", "--purge")
            assert done.returncode == 0, done.stderr
            assert not (tree / "var/lib/station").exists()
            assert not (tree / "etc/station").exists()


def _script(*names: str) -> str:
    return "".join((HERE / name).read_text(encoding="utf-8") for name in names)


@pytest.fixture
def base(installed: Path) -> Path:
    """The plain Debian below `installed`."""
    return rootfs.CACHE / installed.parent.name.rstrip("0123456789")
