"""What makes it a device: settings, boot overlays, units."""

from __future__ import annotations

from pathlib import Path

from provisioning.installer.context import SETTINGS, Context
from provisioning.installer.files import same, with_block, write
from provisioning.installer.step import Step

MAIN = ("station.service", "station-delivery.service", "station-firstboot.service")
TIMED = (  # these start the others
    "station-update.timer",
    "station-update.path",
    "station-apply.path",
    "station-backup.timer",
    "station-retention.timer",
)
AT_BOOT = ("station-guard.service", "station-apply.service", "station-seal.service")
UNITS = (*MAIN, *TIMED, *AT_BOOT, "station-update.service", "station-backup.service", "station-retention.service")
ENABLED = (*MAIN, *TIMED, *AT_BOOT)
_PLACE = "etc/systemd/system"
_CONFIG = ("boot/firmware/config.txt", "boot/config.txt")  # bookworm and later; before


def steps() -> tuple[Step, ...]:
    """In the order in which they are done."""
    return (
        Step(
            "settings", lambda c: f"settings in /{SETTINGS}/station.toml (kept when there)", _settings_there, _settings
        ),
        Step("boot", _boot_title, _boot_there, _boot, _unboot, wanted=lambda c: c.pi),
        Step("units", lambda c: f"units {', '.join(UNITS)}, enabled", _units_there, _units, _no_units),
        Step("start", lambda c: "the station starts now", _running, _start, wanted=lambda c: c.start),
    )


def _file(context: Context) -> Path:
    return context.root / SETTINGS / "station.toml"


def _settings_there(context: Context) -> bool:
    return _file(context).is_file()


def _settings(context: Context) -> None:
    text = (context.source / "systemd/files/station.toml").read_text(encoding="utf-8")
    write(_file(context), text, 0o644)


# --- boot -------------------------------------------------------------------------------------------------------------


def _config(context: Context) -> Path:
    for name in _CONFIG:
        if (context.root / name).is_file():
            return context.root / name
    return context.root / _CONFIG[0]


def _block(context: Context) -> str:
    return (context.source / "systemd/files/config.txt").read_text(encoding="utf-8")


def _boot_title(context: Context) -> str:
    return f"camera, PWM and clock overlays in /{_config(context).relative_to(context.root)} (active after a restart)"


def _boot_text(context: Context) -> str:
    path = _config(context)
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _boot_there(context: Context) -> bool:
    return with_block(_boot_text(context), _block(context)) == _boot_text(context)


def _boot(context: Context) -> None:
    write(_config(context), with_block(_boot_text(context), _block(context)))


def _unboot(context: Context) -> None:
    if context.pi and _config(context).is_file():
        write(_config(context), with_block(_boot_text(context), ""))


# --- units ------------------------------------------------------------------------------------------------------------


def _unit(context: Context, name: str) -> str:
    return (context.source / "systemd" / name).read_text(encoding="utf-8")


def _left_over(context: Context) -> list[str]:
    """Units of ours that this release does not have."""
    there = {path.name for path in (context.root / _PLACE).glob("station[.-]*") if path.is_file()}
    return sorted(there - {path.name for path in (context.source / "systemd").iterdir()})


def _units_there(context: Context) -> bool:
    there = not _left_over(context) and all(same(context.root / _PLACE / name, _unit(context, name)) for name in UNITS)
    return there and all(context.succeeds(["systemctl", "is-enabled", "-q", name]) for name in ENABLED)


def _units(context: Context) -> None:
    for name in UNITS:
        write(context.root / _PLACE / name, _unit(context, name))
    for name in _left_over(context):  # another release's
        context.succeeds(["systemctl", "disable", "--now", name])
        (context.root / _PLACE / name).unlink(missing_ok=True)
    context.succeeds(["systemctl", "daemon-reload"])  # nothing to reload while an image is made
    context.run(
        ["systemctl", "enable", "-q", *ENABLED],
        advice="see: systemd-analyze verify /etc/systemd/system/station.service",
    )


def _no_units(context: Context) -> None:
    context.succeeds(["systemctl", "disable", "--now", *UNITS])
    for name in UNITS:
        (context.root / _PLACE / name).unlink(missing_ok=True)
    context.succeeds(["systemctl", "daemon-reload"])


def _running(context: Context) -> bool:
    """Whether both run this version: a process started before the link moved still runs the old one."""
    for name in ("station.service", "station-delivery.service"):
        if not context.succeeds(["systemctl", "is-active", "-q", name]):
            return False
        shown = context.run(["systemctl", "show", "-P", "MainPID", name], advice="see: systemctl status station")
        try:
            text = (context.root / "proc" / shown.strip() / "cmdline").read_bytes()
        except OSError:
            return False
        if str(context.release).encode() not in text:
            return False
    return True


def _start(context: Context) -> None:
    context.run(["systemctl", "restart", *MAIN, *TIMED], advice="see what it says: journalctl -u station -n 50")
