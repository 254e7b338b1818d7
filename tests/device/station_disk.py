"""A disk with the installed station, for User Mode Linux: lean, but with the station's real units."""

from __future__ import annotations

import shutil
from pathlib import Path

import machine_image
import rootfs
import station_tree
from machine_image import Recipe

# What a machine without devices and people at its console only waits for. The station's own units all stay.
NOT_NEEDED = (
    "NetworkManager.service", "NetworkManager-dispatcher.service", "NetworkManager-wait-online.service", "avahi-daemon.service",
    "avahi-daemon.socket", "getty@tty1.service", "systemd-logind.service", "systemd-user-sessions.service", "dbus.service",
    "dbus.socket", "systemd-hostnamed.socket", "systemd-udevd.service", "systemd-udev-trigger.service",
    "systemd-udev-load-credentials.service", "systemd-udevd-kernel.socket", "systemd-udevd-control.socket",
    "wpa_supplicant.service", "nftables.service", "systemd-modules-load.service", "systemd-random-seed.service",
    "systemd-update-utmp.service", "systemd-network-generator.service", "systemd-hwdb-update.service",
    "systemd-journal-catalog-update.service", "systemd-update-done.service", "ldconfig.service", "systemd-tmpfiles-clean.timer",
    "dev-hugepages.mount", "dev-mqueue.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount", "sys-kernel-config.mount",
    "sys-fs-fuse-connections.mount", "modprobe@.service", "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer",
    "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer",
)  # fmt: skip
# Makes every fsync a lie: what a writer without them would lose.
CARELESS = "libeatmydata1"
# All that the station keeps lies on a partition of its own, which comes by NBD.
DATA_UNIT = """\
[Unit]
Description=The partition with the station's data
Before=station-firstboot.service station.service station-delivery.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -euc 'ip addr add {guest}/30 dev vec0; ip link set vec0 up; \
    nbd-client {host} /dev/nbd0; mount /dev/nbd0 /var/lib/station; chown station: /var/lib/station; chmod 700 /var/lib/station'
[Install]
RequiredBy=station-firstboot.service station.service station-delivery.service
"""
HOST, GUEST = "10.77.0.1", "10.77.0.2"


def user_mode_disk(trees: tuple[Path, ...]) -> Path:
    """The disk of `user_mode_trees()`; to be copied before it is written to."""
    return _folder(trees[0].parent) / "disk.img"


def user_mode_trees() -> tuple[Path, ...]:
    """The trees that the disk was made of, topmost first, for `rootfs.layered`; made with it."""
    trees = station_tree.layers(Recipe("plain"))
    place = trees[0].parent
    disk = _folder(place)
    if not (disk / ".complete").is_file():
        for name in (disk.name, "written", "written.work", "written.merged"):
            shutil.rmtree(place / name, ignore_errors=True)
        with rootfs.layered(*trees, upper=place / "written") as tree:
            with rootfs.entered(tree):
                _command(tree, "apt-get", "update", "-qq")
                _command(tree, "apt-get", "install", "-qq", "-y", "--no-install-recommends", CARELESS, "nbd-client")
            for name in NOT_NEEDED:
                link = tree / "etc/systemd/system" / name
                link.unlink(missing_ok=True)
                link.symlink_to("/dev/null")
            unit = tree / "etc/systemd/system/station-data.service"
            unit.write_text(DATA_UNIT.format(host=HOST, guest=GUEST), encoding="utf-8")
            with rootfs.entered(tree):
                _command(tree, "systemctl", "enable", "-q", unit.name)
            machine_image.write(tree, disk)
        (disk / ".complete").touch()
    return place / "written", *trees


def _folder(place: Path) -> Path:
    """Its folder; another one when something of it changes."""
    return place / f"disk-{machine_image.digest([NOT_NEEDED, CARELESS, DATA_UNIT, machine_image.EXAMINE])}"


def _command(tree: Path, *command: str) -> None:
    done = rootfs.inside(tree, *command)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr[-2000:]}")
