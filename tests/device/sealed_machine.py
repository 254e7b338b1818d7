"""A disk with the installed station for a whole virtual machine: its seal, its keys and itself, the rest switched off."""

from __future__ import annotations

import shutil

import machine_image
import rootfs
import station_tree
from machine_image import Image, Recipe
from station_disk import NOT_NEEDED

# A machine with devices needs what one without them only waits for.
STAYS = ("systemd-udev", "systemd-modules-load", "systemd-random-seed", "modprobe@", "dbus")
# Of the station: what has nothing to do with a seal.
OTHERS = (
    "station-delivery.service", "station-network.service", "station-firewall.service", "station-hotspot.service",
    "station-enrol.service", "station-portal.socket", "station-update.timer", "station-update.path", "station-apply.path",
    "station-apply.service", "station-backup.timer", "station-retention.timer", "station-guard.service",
)  # fmt: skip
# qemu's translation takes eight times as long as a processor, and a watchdog's patience is a processor's.
PATIENCE = "[Service]\nTimeoutStartSec=900\nWatchdogSec=600\n"
UNHURRIED = ("station.service", "station-firstboot.service", "station-seal.service")


def sealed_image() -> Image:
    """The disk, from the cache or made now; to be copied before it is written to."""
    trees = station_tree.layers(Recipe("plain"))
    place = trees[0].parent
    parts = [NOT_NEEDED, STAYS, OTHERS, PATIENCE, UNHURRIED, machine_image.EXAMINE]
    folder = place / f"sealed-disk-{machine_image.digest(parts)}"
    made = folder / ".complete"
    if not made.is_file():
        with rootfs.layered(*trees, upper=place / "sealed") as tree:
            units = tree / "etc/systemd/system"
            for name in (*(name for name in NOT_NEEDED if not name.startswith(STAYS)), *OTHERS):
                (units / name).unlink(missing_ok=True)
                (units / name).symlink_to("/dev/null")
            for name in UNHURRIED:
                (units / f"{name}.d").mkdir()
                (units / f"{name}.d/patience.conf").write_text(PATIENCE, encoding="utf-8")
            machine_image.write(tree, folder)
        for name in ("sealed", "sealed.work", "sealed.merged"):
            shutil.rmtree(place / name)
        made.touch()
    return Image(folder / "disk.img", folder / "vmlinuz", folder / "initrd.img")
