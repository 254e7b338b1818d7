"""From a bundle to a release beside the running one, which goes on working meanwhile."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from appliance.release.bundle import unpack_bundle
from appliance.release.documents import read_document, write_document
from appliance.release.errors import BundleRefused
from appliance.release.keys import trusted_keys
from appliance.release.manifest import Manifest
from appliance.release.places import Places
from appliance.release.versions import Standing, must_follow, this_machine
from provisioning.updater.asking import Asked, opened_bundle
from provisioning.updater.system_packages import require_packages

RELEASE = "release.json"
PYTHON = "/usr/bin/python3"
_PROVEN = 0.2  # the part of the whole that proving and unpacking takes
_LOOK_S = 1.0

Progress = Callable[[float], None]
Builder = Callable[[Path, Progress], None]


class NotPrepared(RuntimeError):
    """The release could not be made; the message is the end of what the installer said."""


def standing(places: Places) -> Standing:
    """What runs now."""
    version = places.named(places.current) or "0.0-00000000"
    serial = read_document(places.releases / version / RELEASE).get("serial", 0)
    return this_machine(version, serial if isinstance(serial, int) else 0)


def prepare(places: Places, asked: Asked, progress: Progress, build: Builder) -> Manifest:
    """Prove, unpack, build. Raises `BundleRefused`, `NotPrepared`, `OSError`; the running release is not touched."""
    shutil.rmtree(places.incoming, ignore_errors=True)  # an interrupted run's
    places.incoming.mkdir(parents=True, mode=0o700)
    folder = places.incoming / asked.version
    try:
        with opened_bundle(places, asked.file) as file:
            manifest = unpack_bundle(file, trusted_keys([places.keys]), folder, lambda part: progress(part * _PROVEN))
        if manifest.version != asked.version:
            raise BundleRefused(
                f"更新包是 {manifest.version}，不是所选的 {asked.version}；请重新查找",
                f"the bundle is {manifest.version}, not {asked.version} as asked: look again",
            )
        must_follow(manifest, standing(places), downgrade=asked.downgrade)
        release = places.releases / manifest.version
        if not (release / ".complete").is_file():
            build(folder, lambda part: progress(_PROVEN + part * (1 - _PROVEN)))
        if not (release / ".complete").is_file():
            raise NotPrepared(f"the installer made no release {manifest.version}: is the bundle's source another one?")
        write_document(
            release / RELEASE,
            {"serial": manifest.serial, "schema": manifest.schema, "keys": list(manifest.keys)},
        )
    finally:
        shutil.rmtree(places.incoming, ignore_errors=True)
    return manifest


def build_release(folder: Path, progress: Progress) -> None:
    """Let the release's own installer make its environment from the unpacked bundle, without a network.

    Raises `BundleRefused` when the system lacks packages that the release needs, `NotPrepared`.
    """
    require_packages(folder / "source")
    wheels = max(1, len(list((folder / "wheels").glob("*.whl"))))
    scratch = folder / "scratch"
    scratch.mkdir()
    command = [PYTHON, "-m", "provisioning.installer", "--bundle", str(folder), "--part", "programs"]
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "TMPDIR": str(scratch),
        "HOME": str(scratch),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    log = scratch / "installer.log"
    with log.open("wb") as output:
        maker = subprocess.Popen(
            command, cwd=folder / "source", env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        while maker.poll() is None:
            time.sleep(_LOOK_S)
            progress(min(0.95, _installed(folder) / wheels))
    if maker.returncode:
        raise NotPrepared(log.read_text(encoding="utf-8", errors="replace")[-1500:])


def _installed(folder: Path) -> int:
    """Packages that the environment under construction has by now."""
    releases = folder.parent.parent / "releases"
    return len(list((releases / folder.name).glob("lib/python3*/site-packages/*.dist-info")))
