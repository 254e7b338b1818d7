"""A Debian tree with this checkout's station installed by `provisioning/install`, as a technician would, units enabled.

Kept in the cache under the hash of the checkout's files: as long as nothing changed, it is installed once.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import time
from pathlib import Path

import machine_image
import rootfs
from machine_image import Recipe

ROOT = Path(__file__).resolve().parents[2]
CACHE = rootfs.CACHE.parent / "stations"
ROOMS = ("appliance", "firmware", "models", "provisioning", "systemd")
DOORS = ("pyproject.toml", "requirements-device.lock")
KEPT = 2  # trees in the cache


def install(tree: Path) -> float:
    """Copy the checkout into an entered `tree` and install it there; seconds it took. Raises `RuntimeError` with what failed.

    No camera hangs on these machines: the stand-in takes its place, by the same settings file a technician edits.
    """
    copy_source(tree)
    stand_in_camera(tree)
    begun = time.monotonic()
    done = rootfs.inside(tree, "/root/source/provisioning/install", "--no-start")
    if done.returncode != 0:
        raise RuntimeError(f"the installation failed:\n{done.stderr[-4000:]}")
    return time.monotonic() - begun


def copy_source(tree: Path) -> Path:
    """Copy what git knows of the checkout to `/root/source` of `tree`, as it lies there now; the folder."""
    source = tree / "root/source"
    source.mkdir(parents=True)
    packed = subprocess.run(
        ["tar", "-C", str(ROOT), "--null", "-T", "-", "-cf", "-"], input=_listed(), check=True, capture_output=True
    )
    subprocess.run(["tar", "-C", str(source), "-xf", "-"], input=packed.stdout, check=True)
    return source


def stand_in_camera(tree: Path) -> None:
    """Settings as they ship, but for the camera: none hangs on these machines. The file is the one a technician edits."""
    settings = (ROOT / "systemd/files/station.toml").read_text(encoding="utf-8").partition("[devices")[0]
    (tree / "etc/station").mkdir(exist_ok=True)
    (tree / "etc/station/station.toml").write_text(
        f'{settings}\n[devices.camera]\ndriver = "replay"\n', encoding="utf-8"
    )


def layers(recipe: Recipe) -> tuple[Path, ...]:
    """The trees of `recipe` with the station over them, topmost first, for `rootfs.layered`."""
    below = machine_image.layers(recipe)
    place = CACHE / f"{recipe.place.name}-{_fingerprint()}"
    if not (place / ".complete").is_file():
        print("station: installing it into a Debian tree, some minutes", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        with rootfs.layered(*below, upper=place / "tree") as tree, rootfs.entered(tree):
            seconds = install(tree)
        (place / ".complete").touch()
        print(f"station: installed in {seconds:.0f} s", flush=True)
    for old in sorted(CACHE.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old)
    return place / "tree", *below


def _listed() -> bytes:
    return subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], check=True, capture_output=True).stdout


def _fingerprint() -> str:
    """Over what is installed: names and bytes."""
    digest = hashlib.sha256()
    for name in sorted(_listed().decode().split("\0")):
        if name in DOORS or name.partition("/")[0] in ROOMS:
            digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return digest.hexdigest()[:12]
