"""Installed offline from a signed bundle, updated while running, taken back by itself: in a booted Debian of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import container
import pytest
import rootfs
from releases import Releases, have_room

from provisioning.installer.context import Context
from provisioning.installer.system import wanted

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
NEEDED = ("debootstrap", "unshare", "pivot_root", "script", "mount", "git")
SUITE, PYTHON = "bookworm", "3.11"

pytestmark = pytest.mark.device


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A tree into which the first release was installed from its bundle, without a registry."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(lacking) or 'nothing else'}")
    try:
        base = rootfs.debian(SUITE)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no {SUITE} to install into: {error}")
    folder = tmp_path_factory.mktemp("updates")
    if not have_room(folder):
        pytest.skip("needs 6 GB of space")
    begun = time.monotonic()
    releases = Releases(folder, PYTHON)
    first, newer, broken = (
        releases.as_it_is(_packages(base, folder / "packages")),
        releases.newer("0.2.0"),
        releases.broken("0.3.0"),
    )
    print(f"\nthree bundles of {first.stat().st_size / 1e6:.0f} MB in {time.monotonic() - begun:.0f} s")
    with rootfs.layered(base, upper=folder / "installed") as tree:
        for name, bundle in (("first", first), ("newer", newer), ("broken", broken)):
            os.link(bundle, folder / f"{name}.bundle")
            shutil.copy(bundle, tree / f"srv/{name}.bundle")
            (tree / f"srv/{name}.name").write_text(bundle.name)
        shutil.copy(releases.public, tree / "srv/publisher.pub")
        (tree / "etc/station").mkdir()
        settings = (ROOT / "systemd/files/station.toml").read_text(encoding="utf-8")
        (tree / "etc/station/station.toml").write_text(
            settings.partition("[devices")[0] + '\n[devices.camera]\ndriver = "replay"\n', encoding="utf-8"
        )
        with rootfs.entered(tree):
            _extract_installer(tree, first)
            begun = time.monotonic()
            done = rootfs.inside(  # in a network of its own, in which there is nobody
                tree, "unshare", "--net", "/bin/sh", "/root/source/provisioning/install", "--bundle", "/srv/first.bundle",
                "--release-key", "/srv/publisher.pub", "--no-start",
            )  # fmt: skip
            print(f"installed from the bundle, without a network, in {time.monotonic() - begun:.0f} s")
            assert done.returncode == 0, done.stderr
        yield tree


def _packages(base: Path, upper: Path) -> Path:
    """The distribution's packages that a station needs, as a publisher brings them on a machine of the same kind."""
    names = wanted(Context(ROOT, root=base))
    with rootfs.layered(base, upper=upper) as tree, rootfs.entered(tree):
        for command in (
            ("update", "-qq"),
            ("install", "-qq", "-y", "--no-install-recommends", "--download-only", *names),
        ):
            done = rootfs.inside(tree, "apt-get", *command)
            assert done.returncode == 0, done.stderr
    return upper / "var/cache/apt/archives"


def _extract_installer(tree: Path, bundle: Path) -> None:
    """As a technician does from a stick: a bundle is a plain tar archive."""
    subprocess.run(["tar", "-C", str(tree / "root"), "-xf", str(bundle), "source"], check=True)


def test_a_bundle_of_another_publisher_is_not_installed(device: Path) -> None:
    spoilt = device / "srv/spoilt.bundle"
    data = bytearray((device / "srv/first.bundle").read_bytes()[:1_000_000])
    data[600] ^= 1
    spoilt.write_bytes(data)
    with rootfs.entered(device):
        done = rootfs.inside(
            device, "/bin/sh", "/root/source/provisioning/install", "--bundle", "/srv/spoilt.bundle", "--no-start"
        )
    assert done.returncode == 1
    assert "no trusted key signed this bundle" in done.stderr


def test_updates_come_are_refused_and_are_taken_back(device: Path) -> None:
    booted = container.boot(device, (HERE / "update.sh").read_text(encoding="utf-8"), timeout=1300, cut=True)
    print(f"\n{booted.seconds:.0f} s\n{booted.report}")
    assert booted.code == 0, booted.report
    assert "PASSED" in booted.report
    again = container.boot(device, (HERE / "after_cut.sh").read_text(encoding="utf-8"), timeout=900)
    print(f"\nafter the cut: {again.seconds:.0f} s\n{again.report}")
    assert again.code == 0, again.report
    assert "PASSED" in again.report


def test_uninstalling_leaves_nothing_of_the_updates_but_the_data(device: Path) -> None:
    with rootfs.entered(device):
        done = rootfs.inside(device, "/bin/sh", "/root/source/provisioning/install", "--uninstall")
    assert done.returncode == 0, done.stderr
    assert not (device / "opt/capture-station").exists()
    assert not (device / "var/lib/station-update").exists()
    assert not list((device / "etc/systemd/system").glob("station[.-]*"))
    assert (device / "var/lib/station/ledger.db").exists()
