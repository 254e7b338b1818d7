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


def user_mode_disk() -> Path:
    """The disk, from the cache or made now; to be copied before it is written to."""
    trees = station_tree.layers(Recipe("plain"))
    place = trees[0].parent
    if not (place / "disk" / ".complete").is_file():
        for name in ("disk", "written", "written.work", "written.merged"):
            shutil.rmtree(place / name, ignore_errors=True)
        with rootfs.layered(*trees, upper=place / "written") as tree:
            with rootfs.entered(tree):
                _command(tree, "apt-get", "update", "-qq")
                _command(tree, "apt-get", "install", "-qq", "-y", "--no-install-recommends", CARELESS)
            for name in NOT_NEEDED:
                link = tree / "etc/systemd/system" / name
                link.unlink(missing_ok=True)
                link.symlink_to("/dev/null")
            machine_image.write(tree, place / "disk")
        (place / "disk" / ".complete").touch()
    return place / "disk" / "disk.img"


def _command(tree: Path, *command: str) -> None:
    done = rootfs.inside(tree, *command)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr[-2000:]}")
