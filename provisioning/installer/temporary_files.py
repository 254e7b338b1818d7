"""Temporary files in memory, so that they wear no card out."""

from __future__ import annotations

from provisioning.installer.context import Context
from provisioning.installer.step import Step

_UNIT = "usr/share/systemd/tmp.mount"  # Debian 12 has it there, to be enabled; Debian 13 uses its own by itself


def steps() -> tuple[Step, ...]:
    """The one step."""
    return (Step("tmp", lambda c: "temporary files in memory (active after a restart)", _there, _do, _undo, _wanted),)


def _wanted(context: Context) -> bool:
    return (context.root / _UNIT).is_file()


def _there(context: Context) -> bool:
    return context.succeeds(["systemctl", "is-enabled", "-q", "tmp.mount"])


def _do(context: Context) -> None:
    context.run(["systemctl", "enable", "-q", f"/{_UNIT}"], advice="see: systemctl status tmp.mount")


def _undo(context: Context) -> None:
    if (context.root / "etc/systemd/system/tmp.mount").is_symlink():
        context.succeeds(["systemctl", "disable", "-q", "tmp.mount"])
