"""What updates rest on: the publisher's keys, the folder in which the station asks, the link to the release that works."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from appliance.release.keys import SUFFIX, key_id, key_in, key_line, trusted_keys
from appliance.release.places import KEYS, SPOOL, Places
from provisioning.installer.context import PREFIX, USER, Context, StepFailed
from provisioning.installer.files import owned, write
from provisioning.installer.step import Step

SHIPPED = "provisioning/release-keys"
_STATE = f"{PREFIX}/state"


def steps() -> tuple[Step, ...]:
    """In the order in which they are done; after the release is there."""
    return (
        Step("keys", _keys_title, _keys_there, _keys, wanted=lambda c: bool(_given(c))),
        Step("spool", lambda c: f"/{SPOOL}, where bundles and questions lie", _spool_there, _spool, _no_spool),
        Step(
            "confirmed",
            lambda c: f"version {c.version} is the one to go back to while another is on trial",
            lambda c: Places(c.root).named(Places(c.root).confirmed) == c.version,
            _confirm,
        ),
    )


# --- keys -------------------------------------------------------------------------------------------------------------


def _given(context: Context) -> dict[str, bytes]:
    """Keys that came with the source, and those named on the command line, by id."""
    return trusted_keys([context.source / SHIPPED]) | named_keys(context.keys)


def named_keys(paths: Sequence[Path]) -> dict[str, bytes]:
    """Publishers' public keys in files, by id. Raises `StepFailed` with the file that holds none."""
    found = {}
    for path in paths:
        try:
            public = key_in(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StepFailed(f"{path} is no publisher's key: {error}") from error
        found[key_id(public)] = public
    return found


def _keys_title(context: Context) -> str:
    return f"the publisher's keys {', '.join(_given(context))} in /{KEYS}: only bundles they signed are installed"


def _keys_there(context: Context) -> bool:
    there = trusted_keys([context.root / KEYS])
    # Once there are keys, only a release or a named file changes them: an older source must not bring old ones back.
    wanted = _given(context) if context.keys or not there else {}
    return set(wanted) <= set(there)


def _keys(context: Context) -> None:
    for name, public in _given(context).items():
        write(context.root / KEYS / f"{name}{SUFFIX}", key_line(public, name), 0o644)
    (context.root / KEYS).chmod(0o755)


# --- folders ----------------------------------------------------------------------------------------------------------


def _folders(context: Context) -> tuple[Path, ...]:
    return (context.root / SPOOL, context.root / SPOOL / "bundles")


def _spool_there(context: Context) -> bool:
    there = all(
        path.is_dir() and path.stat().st_mode & 0o7777 == 0o775 and owned(path, "root", USER)
        for path in _folders(context)
    )
    return there and (context.root / _STATE).is_dir()


def _spool(context: Context) -> None:
    for path in _folders(context):
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o775)  # root takes questions away without any capability; the station's group writes them
        shutil.chown(path, "root", USER)
    (context.root / _STATE).mkdir(mode=0o755, parents=True, exist_ok=True)


def _no_spool(context: Context) -> None:
    shutil.rmtree(context.root / SPOOL, ignore_errors=True)


def _confirm(context: Context) -> None:
    link = Places(context.root).confirmed
    beside = link.with_name(".confirmed.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(Path("releases") / context.version)
    beside.replace(link)
    folder = os.open(link.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
