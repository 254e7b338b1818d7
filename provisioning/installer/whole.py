"""The end: what only a whole installation has. A card's first start goes on until this is there, and an uninstallation ends it."""

from __future__ import annotations

from provisioning.installer.context import PREFIX, Context
from provisioning.installer.files import write
from provisioning.installer.step import Step

MARK = f"{PREFIX}/state/whole"
BECOMES = "become-station.service"  # what `station provision` put on the card; `appliance/provision/become.service` asks for MARK
_UNIT = f"etc/systemd/system/{BECOMES}"


def steps() -> tuple[Step, ...]:
    """The one step, after all that can fail."""
    return (
        Step(
            "whole", lambda c: f"/{MARK} says that nothing is missing", lambda c: (c.root / MARK).is_file(), _do, _undo
        ),
    )


def _do(context: Context) -> None:
    write(context.root / MARK, f"{context.version}\n")


def _undo(context: Context) -> None:
    """Else the next start would turn the machine into a station again."""
    (context.root / MARK).unlink(missing_ok=True)
    if (context.root / _UNIT).is_file():
        context.succeeds(["systemctl", "disable", BECOMES])
        (context.root / _UNIT).unlink()
