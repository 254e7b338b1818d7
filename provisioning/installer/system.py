"""What the distribution contributes: packages, the user, folders, device permissions, limits on logs and dumps."""

from __future__ import annotations

import shutil
from pathlib import Path

from provisioning.installer import swap
from provisioning.installer.context import DATA, PREFIX, SEAL, SETTINGS, USER, Context, StepFailed
from provisioning.installer.files import owned, same, write
from provisioning.installer.step import Step

GROUPS = ("video", "render", "gpio", "dialout", "input", "i2c")
FIRST_PERSON = 1000  # below it are users of the system (adduser.conf(5), login.defs(5))
RELEASES = {"debian": ("12", "13"), "raspbian": ("12", "13")}
_FILES = {
    "etc/udev/rules.d/60-capture-station.rules": "files/60-capture-station.rules",
    "etc/systemd/journald.conf.d/capture-station.conf": "files/journald.conf",
    "etc/sysctl.d/60-capture-station.conf": "files/sysctl.conf",
    "etc/sysusers.d/capture-station.conf": "files/sysusers.conf",
}


def steps() -> tuple[Step, ...]:
    """In the order in which they are done."""
    return (
        Step("machine", _machine, lambda c: False, _check_machine),
        Step("apt", lambda c: f"apt packages: {' '.join(missing(c)) or 'all there'}", lambda c: not missing(c), _apt),
        Step(
            "files",
            lambda c: f"rules and limits: {', '.join(f'/{p}' for p in _FILES)}",
            _files_there,
            _write_files,
            _remove_files,
        ),
        Step(
            "user",
            lambda c: f"system user {USER} and the device groups {', '.join(GROUPS)}",
            _user_there,
            _make_user,
            _remove_user,
        ),
        Step(
            "folders",
            lambda c: f"/{PREFIX} (programs), /{SETTINGS} (settings), /{DATA} (captures, keys)",
            _folders_there,
            _make_folders,
            _remove_folders,
        ),
        Step("swap", lambda c: "swap off: nothing personal is written there", swap.is_off, swap.off, swap.back),
    )


def _os(context: Context) -> dict[str, str]:
    lines = (context.root / "etc/os-release").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line)
    return {name: value.strip('"') for name, value in pairs}


def _machine(context: Context) -> str:
    return f"{_os(context).get('PRETTY_NAME', 'an unknown system')}{', a Raspberry Pi' if context.pi else ''}"


def _check_machine(context: Context) -> None:
    found = _os(context)
    if found.get("VERSION_ID") not in RELEASES.get(found.get("ID", ""), ()):
        raise StepFailed(
            f"this is {found.get('PRETTY_NAME')}; a station needs Debian 12 or 13, or Raspberry Pi OS bookworm or trixie"
        )
    _refuse_a_persons_login(context)


def _refuse_a_persons_login(context: Context) -> None:
    """Raises `StepFailed` where somebody logs in as `station`: units would run as them, and an uninstallation remove them."""
    table = context.root / "etc/passwd"
    lines = table.read_text(encoding="utf-8").splitlines() if table.is_file() else []
    for name, _, number, *_ in (line.split(":") for line in lines if line.count(":") == 6):
        if name == USER and int(number) >= FIRST_PERSON:
            raise StepFailed(
                f"somebody logs in here as `{USER}` (user {number}), and the station needs that name for itself: make another "
                f"login (adduser NAME; adduser NAME sudo), log in with it, and type: deluser {USER}; then the same command again"
            )


# --- packages ---------------------------------------------------------------------------------------------------------


def packages(context: Context) -> dict[str, tuple[str, ...]]:
    """Package names by group, from `provisioning/apt-packages.txt`."""
    lines = (context.source / "provisioning/apt-packages.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split()[:2] for line in lines if line and not line.startswith("#")]
    groups = dict.fromkeys(group for group, _ in rows)
    return {group: tuple(name for row, name in rows if row == group) for group in groups}


def wanted(context: Context) -> list[str]:
    """Packages of the distribution that a station on this machine needs."""
    groups = packages(context)
    names = [*groups["run"], *groups["device"]]
    if context.pi:
        names += groups["pi"]
    if context.read_only:
        names += groups["read-only"]
    return names


def missing(context: Context) -> list[str]:
    """Packages of the distribution that this release needs and this machine does not have."""

    def absent(name: str) -> bool:
        return not context.succeeds(["dpkg-query", "-W", "-f", "${db:Status-Status}", name])

    return [name for name in wanted(context) if absent(name)]


def _apt(context: Context) -> None:
    advice = "no network? Connect it, or bring the packages with --bundle; then the same command again"
    command = [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-qq",
        "-y",
        "--no-install-recommends",
        "-o=Dpkg::Use-Pty=0",
    ]
    debs = sorted((context.bundle / "debs").glob("*.deb")) if context.bundle else []
    if debs:
        # The bundle was proven, and only root reads it: apt must not want to look at it as somebody else.
        command += ["-o=APT::Sandbox::User=root", *map(str, debs)]
        context.run(command, advice=advice)
        return
    if not context.succeeds([*command, *missing(context)]):
        context.run(["apt-get", "update", "-qq"], advice=advice)
        context.run([*command, *missing(context)], advice=advice)


# --- files, user, folders ---------------------------------------------------------------------------------------------


def _text(context: Context, name: str) -> str:
    return (context.source / "systemd" / name).read_text(encoding="utf-8")


def _files_there(context: Context) -> bool:
    return all(same(context.root / path, _text(context, name)) for path, name in _FILES.items())


def _write_files(context: Context) -> None:
    for path, name in _FILES.items():
        write(context.root / path, _text(context, name))
    if context.start and context.succeeds(["udevadm", "control", "--reload"]):
        context.succeeds(
            ["udevadm", "trigger", "--subsystem-match=pwm", "--subsystem-match=gpio", "--subsystem-match=tpmrm"]
        )
    if context.start:  # limits on logs and dumps count from now on, not from the next start
        context.succeeds(["systemctl", "try-restart", "systemd-journald.service", "systemd-sysctl.service"])


def _remove_files(context: Context) -> None:
    for path in _FILES:
        (context.root / path).unlink(missing_ok=True)


def _user_there(context: Context) -> bool:
    return context.succeeds(["id", USER]) and all(context.succeeds(["getent", "group", name]) for name in GROUPS)


def _make_user(context: Context) -> None:
    config = context.root / "etc/sysusers.d/capture-station.conf"
    context.run(["systemd-sysusers", str(config)], advice="is systemd installed?")


def _remove_user(context: Context) -> None:
    if context.purge and context.succeeds(["id", USER]):
        context.run(["userdel", USER], advice="is a process of the station still running?")


def _folders(context: Context) -> dict[Path, tuple[int, str, str]]:
    """Mode, owner and group of each."""
    return {
        context.root / PREFIX / "releases": (0o755, "root", "root"),
        context.root / SETTINGS: (0o750, "root", USER),
        context.root / DATA: (0o700, USER, USER),
    }


def _folders_there(context: Context) -> bool:
    return all(
        path.is_dir() and path.stat().st_mode & 0o777 == mode and owned(path, user, group)
        for path, (mode, user, group) in _folders(context).items()
    )


def _make_folders(context: Context) -> None:
    for path, (mode, user, group) in _folders(context).items():
        path.mkdir(parents=True, exist_ok=True)
        shutil.chown(path, user, group)
        path.chmod(mode)


def _remove_folders(context: Context) -> None:
    shutil.rmtree(context.root / PREFIX, ignore_errors=True)
    if context.purge:
        shutil.rmtree(context.root / SETTINGS, ignore_errors=True)
        shutil.rmtree(context.root / DATA, ignore_errors=True)
        shutil.rmtree(context.root / SEAL, ignore_errors=True)  # opens nothing any more
