"""An option: the system's own partition is only read, changes to it live in memory; what must last has a partition of its own.

Debian's `overlayroot` puts the memory over the root file system before systemd starts. A card that nothing is written to does not
wear out and survives any power cut; what a station writes for good is on the partition `station-data`, journalled by ext4.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from provisioning.installer.context import DATA, PREFIX, SEAL, SETTINGS, Context, StepFailed
from provisioning.installer.files import same, with_block, write
from provisioning.installer.step import Step

LABEL, PLACE = "station-data", "data"
# Folder on that partition: where the system sees it. systemd's own keeps the clock, the random seed and the key of credentials.
KEPT = {
    "station": DATA,
    "station-seal": SEAL,
    "station-update": "var/lib/station-update",
    "programs": PREFIX,
    "settings": SETTINGS,
    "journal": "var/log/journal",
    "systemd": "var/lib/systemd",
    "ssh": "etc/ssh",
    "connections": "etc/NetworkManager/system-connections",  # those a technician added
}
_CONF = "etc/overlayroot.local.conf"
_CONF_TEXT = (
    '# Memory over the root file system; other partitions stay what they are.\noverlayroot="tmpfs:swap=0,recurse=0"\n'
)
_UNITS = ("station.service", "station-delivery.service", "station-apply.path")


def steps() -> tuple[Step, ...]:
    """The one step, last of all: active after a restart."""
    return (Step("read-only", _title, _there, _do, _undo, wanted=lambda c: c.read_only or _file(c, _CONF).is_file()),)


def read_only_now(context: Context) -> bool:
    """Whether this system runs that way: then what is written outside of `KEPT` is gone with the power."""
    mounts = context.root / "proc/mounts"
    lines = mounts.read_text(encoding="utf-8").splitlines() if mounts.is_file() else []
    return any(line.split()[:2] == ["overlayroot", "/"] for line in lines)


def refuse_when_read_only(context: Context) -> None:
    """Raises `StepFailed`: an installation would be forgotten."""
    if read_only_now(context):
        raise StepFailed(
            "the root file system is only read (installed with --read-only): an installation would be gone with the power. Put "
            "`overlayroot=disabled` at the end of the kernel's command line (/boot/firmware/cmdline.txt), restart, then the same "
            "command again. Updates by `station update` need none of that"
        )


def _file(context: Context, name: str) -> Path:
    return context.root / name


def _title(context: Context) -> str:
    return f"a root file system that is only read; {', '.join(f'/{seen}' for seen in KEPT.values())} on LABEL={LABEL}"


def _block() -> str:
    # Without its partition the machine still starts, and whoever looks finds the station waiting for it (`RequiresMountsFor=`).
    lines = [f"LABEL={LABEL} /{PLACE} ext4 noatime,nofail,x-systemd.device-timeout=30s 0 2"]
    lines += [
        f"/{PLACE}/{name} /{seen} none bind,nofail,x-systemd.requires-mounts-for=/{PLACE} 0 0"
        for name, seen in KEPT.items()
    ]
    return "\n".join(lines)


def _fstab(context: Context) -> str:
    path = _file(context, "etc/fstab")
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _there(context: Context) -> bool:
    return same(_file(context, _CONF), _CONF_TEXT) and with_block(_fstab(context), _block()) == _fstab(context)


def _do(context: Context) -> None:
    _check_partition(context)
    data = _file(context, PLACE)
    data.mkdir(exist_ok=True)
    if not data.is_mount():
        context.run(["mount", f"LABEL={LABEL}", str(data)], advice=f"see: fsck LABEL={LABEL}")
    if context.start:
        context.succeeds(["systemctl", "stop", *_UNITS])  # nothing changes while it is copied
    for name, seen in KEPT.items():
        _bring(context, _file(context, seen), data / name)
    context.run(["sync"], advice="is the partition full?")
    write(_file(context, "etc/fstab"), with_block(_fstab(context), _block()))
    write(_file(context, _CONF), _CONF_TEXT)
    if context.start:
        context.succeeds(["systemctl", "daemon-reload"])
        context.run(["mount", "-a"], advice="see /etc/fstab")
        context.succeeds(["systemctl", "start", "--no-block", *_UNITS])


def _check_partition(context: Context) -> None:
    """Raises `StepFailed` where there is none, or not one that may be used."""
    advice = f"make a partition and label it: mkfs.ext4 -L {LABEL} /dev/..., then the same command again"
    device = context.run(["blkid", "-L", LABEL], advice=f"there is no partition {LABEL}: {advice}").strip()
    kind = context.run(["blkid", "-o", "value", "-s", "TYPE", device], advice=f"see: blkid {device}").strip()
    if kind != "ext4":
        raise StepFailed(f"{device} ({LABEL}) is {kind or 'of no known kind'}, not ext4: {advice}")
    if context.run(["findmnt", "-n", "-o", "SOURCE", "/"], advice="see: findmnt /").strip() == device:
        raise StepFailed(f"{device} ({LABEL}) is the root file system itself: {advice}")


def _bring(context: Context, seen: Path, kept: Path) -> None:
    """Copy once, whole or not at all: owners, modes, links and times stay. What is on the partition already is the newer."""
    if kept.is_dir():
        return
    beside = kept.with_name(f".{kept.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    seen.mkdir(parents=True, exist_ok=True)
    beside.mkdir()
    context.run(["cp", "-a", f"{seen}/.", str(beside)], advice=f"is the partition {LABEL} full?")
    beside.rename(kept)


def _undo(context: Context) -> None:
    """The system is written again; captures, keys and settings stay on their partition, and where they are seen."""
    refuse_when_read_only(context)
    _file(context, _CONF).unlink(missing_ok=True)
