"""The programs: an environment of its own for each version, beside those that were here, and a link that says which one runs."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from provisioning.installer.context import ROOMS, Context, say
from provisioning.installer.files import write
from provisioning.installer.step import Step

COMPLETE = ".complete"
KEPT = 1  # versions besides the running one; the way back
DOORS = ("README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "requirements-device.lock")
_AGAIN = "no network? Connect it, or use --bundle; then the same command again: what is installed is kept"


def steps() -> tuple[Step, ...]:
    """In the order in which they are done."""
    return (
        Step(
            "programs",
            lambda c: (
                f"version {c.version} into /{c.release.relative_to(c.root)}, every package checked against its hash"
            ),
            lambda c: (c.release / COMPLETE).is_file(),
            _install,
        ),
        Step("networks", lambda c: "the networks that judge, checked by sha256", _networks_there, _networks),
        Step("current", lambda c: f"version {c.version} becomes the one that runs", _is_current, _make_current),
        Step("command", lambda c: "the program `station` on the path", _command_there, _make_command, _remove_command),
        Step(
            "old",
            lambda c: "versions no longer needed (this one and the last stay)",
            lambda c: not _old(c),
            _forget_old,
        ),
    )


def _install(context: Context) -> None:
    release = context.release
    if release.exists():
        shutil.rmtree(release)  # an interrupted run's
    # On a Pi, picamera2 and lgpio come from apt, built for its kernel; elsewhere nothing from outside is let in.
    flags = ["--system-site-packages"] if context.pi else []
    context.run([sys.executable, "-m", "venv", *flags, str(release)], advice="is there space on the card?")
    python = str(release / "bin/python")
    wheels = ["--no-index", "--find-links", str(context.bundle / "wheels")] if context.bundle else ["--retries", "3"]
    say("  Python packages (a few minutes on a Pi)")
    lock = str(context.source / context.lock_file)
    pip = [python, "-m", "pip", "install", "-q", "--progress-bar", "off", "--no-compile"]
    context.run([*pip, *wheels, "--only-binary=:all:", "--require-hashes", "-r", lock], advice=_AGAIN)
    say("  the station itself")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "source"
        copy.mkdir()
        for name in ROOMS:
            shutil.copytree(context.source / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in DOORS:
            shutil.copy(context.source / name, copy / name)
        context.run(
            [*pip, "--no-deps", "--no-build-isolation", "--no-index", str(copy)], advice="is the source complete?"
        )
    context.run(
        [python, "-m", "compileall", "-q", "-j", "0", str(release / "lib")], advice="is there space on the card?"
    )
    for room in ("systemd", "provisioning"):
        shutil.copytree(
            context.source / room, release / room, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
        )
    for name in DOORS:
        shutil.copy(context.source / name, release / name)
    write(release / COMPLETE, f"{context.version}\n")


def _station(context: Context) -> str:
    return str(context.release / "bin/station")


def _networks_there(context: Context) -> bool:
    return context.succeeds([_station(context), "models", "verify"])


def _networks(context: Context) -> None:
    if context.bundle and (context.bundle / "networks").is_dir():
        place = context.release / "share/station/networks"
        shutil.copytree(context.bundle / "networks", place, dirs_exist_ok=True)
        context.run([_station(context), "models", "verify"], advice="the bundle is damaged: take it anew")
        return
    archives = ["--from", str(context.bundle / "archives")] if context.bundle else []
    context.run([_station(context), "models", "install", *archives], advice=_AGAIN)


def _is_current(context: Context) -> bool:
    return context.current.is_symlink() and context.current.resolve() == context.release.resolve()


def _make_current(context: Context) -> None:
    beside = context.current.with_name(".current.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(Path("releases") / context.version)
    beside.replace(context.current)
    folder = os.open(context.current.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _command(context: Context) -> Path:
    return context.root / "usr/local/bin/station"


def _command_there(context: Context) -> bool:
    return _command(context).is_file() and "capture-station/current" in _command(context).read_text(encoding="utf-8")


def _make_command(context: Context) -> None:
    # As the station's user and with its settings, so that no file of the data folder ever becomes root's.
    text = (
        "#!/bin/sh\n"
        "export STATION_SETTINGS=/etc/station/station.toml STATE_DIRECTORY=/var/lib/station HOME=/var/lib/station\n"
        "program=/opt/capture-station/current/bin/station\n"
        '[ "$(id -u)" = 0 ] && exec setpriv --reuid=station --regid=station --init-groups "$program" "$@"\n'
        'exec "$program" "$@"\n'
    )
    write(_command(context), text, 0o755)


def _remove_command(context: Context) -> None:
    _command(context).unlink(missing_ok=True)


def _old(context: Context) -> list[Path]:
    releases = context.root / "opt/capture-station/releases"
    if not releases.is_dir():
        return []
    others = [path for path in releases.iterdir() if path != context.release]
    return sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]


def _forget_old(context: Context) -> None:
    for path in _old(context):
        shutil.rmtree(path)
