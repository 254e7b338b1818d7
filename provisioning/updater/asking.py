"""What the station asks: read as something a stranger might have written, and taken away before it is acted upon."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from typing import BinaryIO

from appliance.release.documents import read_document
from appliance.release.errors import BundleRefused
from appliance.release.places import Places

STEPS = ("prepare", "prepare-back", "switch")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,150}\.bundle")
_VERSION = re.compile(r"\d+(\.\d+){1,3}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Asked:
    """`file` names a bundle in the spool, `version` a release, `failing` what was not well before."""

    do: str
    number: int
    version: str
    file: str = ""
    failing: tuple[str, ...] = ()
    downgrade: bool = False


def take_question(places: Places) -> Asked | None:
    """The question that waits, taken away; None when there is none, or none that makes sense."""
    path = places.spool / "ask.json"
    body = read_document(path)
    if not body and not path.is_symlink() and not path.exists():
        return None
    path.unlink(missing_ok=True)
    do, number, version = body.get("do"), body.get("number"), body.get("version")
    sound = do in STEPS and isinstance(number, int) and isinstance(version, str) and _VERSION.fullmatch(version)
    file, failing = body.get("file", ""), body.get("failing", [])
    if not sound or not isinstance(failing, list) or (do == "prepare" and not _FILE.fullmatch(str(file))):
        print(f"update: a question that makes no sense was thrown away: {str(body)[:200]}", flush=True)
        return None
    return Asked(
        do=str(do),
        number=int(str(number)),
        version=str(version),
        file=str(file),
        failing=tuple(str(name)[:60] for name in failing[:50]),
        downgrade=body.get("downgrade") is True,
    )


def opened_bundle(places: Places, file: str) -> BinaryIO:
    """The bundle of that name, as a plain file of the spool and nothing else. Raises `BundleRefused`."""
    try:
        folder = os.open(places.spool / "bundles", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise BundleRefused(
            f"读不到更新包 {file}：{error.strerror}", f"{file} cannot be read: {error.strerror}"
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BundleRefused(f"{file} 不是普通文件", f"{file} is no plain file")
    return os.fdopen(descriptor, "rb")
