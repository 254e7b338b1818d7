"""Swap goes, now and after the next start: what is personal and in memory is written nowhere. An uninstallation brings it back."""

from __future__ import annotations

from provisioning.installer.context import Context
from provisioning.installer.files import write

OURS = "# capture-station: no swap: "
FSTAB = "etc/fstab"
UNITS = ("dphys-swapfile.service", "rpi-setup-swapfile.service")  # Raspberry Pi OS bookworm, trixie


def is_off(context: Context) -> bool:
    """No swap on card or disk, and none that the next start would bring."""
    return not _active(context) and _without(_fstab(context)) == _fstab(context)


def off(context: Context) -> None:
    """End it, and keep it from coming back."""
    for unit in UNITS:
        context.succeeds(["systemctl", "disable", "--now", unit])
    table = _fstab(context)
    if _without(table) != table:
        write(context.root / FSTAB, _without(table))
    for device in _active(context):
        context.run(
            ["swapoff", device], advice="is there enough memory? Close other programs, then the same command again"
        )


def back(context: Context) -> None:
    """The file systems' table as it was; the next start swaps again."""
    table = _fstab(context)
    if OURS in table:
        write(context.root / FSTAB, table.replace(OURS, ""))


def _active(context: Context) -> list[str]:
    """Swap on a card or disk; compressed swap in memory (zram) is kept, it writes nothing anywhere."""
    table = context.root / "proc/swaps"
    lines = table.read_text(encoding="utf-8").splitlines()[1:] if table.is_file() else []
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("/dev/zram")]


def _fstab(context: Context) -> str:
    path = context.root / FSTAB
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _without(table: str) -> str:
    return "".join(f"{OURS}{line}" if _is_swap(line) else line for line in table.splitlines(keepends=True))


def _is_swap(line: str) -> bool:
    """`device path type ...` (fstab(5)), with type swap."""
    fields = line.partition("#")[0].split()
    return len(fields) >= 3 and fields[2] == "swap" and not fields[0].startswith("/dev/zram")
