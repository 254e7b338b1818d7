"""`provisioning/bundle`: a publisher's key, a release, and what a release is."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from appliance.ledger.migrations import LATEST
from appliance.release.bundle import bundle_name, verify_bundle, write_bundle
from appliance.release.errors import BundleRefused
from appliance.release.keys import key_id, key_in
from appliance.release.manifest import Manifest
from models.errors import ModelsError
from provisioning.bundler.gather import (
    CannotGather,
    gather_debs,
    gather_networks,
    gather_source,
    gather_wheels,
    members_of,
)
from provisioning.bundler.keys import load_key, make_key
from provisioning.installer.context import Context

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "RELEASE_KEY_PASSPHRASE"  # the variable of the environment that holds it


def main() -> int:
    """Exit code 0 done, 1 not possible (said on stderr)."""
    asked = _arguments()
    try:
        if asked.do == "key":
            public = make_key(asked.path, asked.name, os.environ.get(PASSPHRASE))
            print(f"{asked.path} signs releases: keep it offline; {public} goes onto stations")
        elif asked.do == "make":
            print(make(asked))
        else:
            _show(asked.file, asked.key)
    except (BundleRefused, CannotGather, ModelsError, OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"bundle: {error}", file=sys.stderr)
        return 1
    return 0


def make(asked: argparse.Namespace) -> Path:
    """Gather, sign, write, prove; the file."""
    with tempfile.TemporaryDirectory(dir=asked.out) as scratch:
        folder = Path(scratch) / "release"
        gather_source(ROOT, folder / "source")
        if asked.wheels is None:
            _say(f"wheels for Python {', '.join(asked.python)} on {asked.machine}")
            gather_wheels(ROOT, folder / "wheels", asked.machine, asked.python)
        else:
            shutil.copytree(asked.wheels, folder / "wheels", copy_function=os.link)
        if asked.debs is not None:
            gather_debs(asked.debs, folder / "debs")
        _say("networks")
        gather_networks(folder / "networks")
        members = members_of(folder)
        keys = tuple(path.read_text(encoding="utf-8") for path in asked.trust)
        manifest = Manifest(
            version=Context(folder / "source").version,
            serial=_serial(),
            oldest=asked.oldest,
            schema=LATEST,
            machines=(asked.machine,),
            pythons=tuple(asked.python),
            notes={"zh": asked.notes_zh, "en": asked.notes_en},
            members=members,
            keys=keys,
        )
        signers = [load_key(path, os.environ.get(PASSPHRASE)) for path in asked.key]
        owners = {key_id(key.public_key().public_bytes_raw()): key for key in signers}
        document = manifest.document()
        signatures = {name: key.sign(document).hex() for name, key in owners.items()}
        target: Path = asked.out / bundle_name(manifest.version)
        beside = target.with_suffix(".part")
        with beside.open("wb") as file:
            write_bundle(file, manifest, signatures, {member.name: folder / member.name for member in members})
            file.flush()
            os.fsync(file.fileno())
        with beside.open("rb") as file:
            verify_bundle(file, {name: key.public_key().public_bytes_raw() for name, key in owners.items()})
        beside.replace(target)
    _say(f"{len(members)} files, {target.stat().st_size / 1e6:.0f} MB, signed by {', '.join(owners)}")
    return target


def _serial() -> int:
    """Seconds of the newest commit: later releases of the same version number have a greater one."""
    told = subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], check=True, capture_output=True, text=True
    )
    return int(told.stdout)


def _show(path: Path, keys: list[Path]) -> None:
    trusted = {key_id(public): public for public in (key_in(key.read_text(encoding="utf-8")) for key in keys)}
    with path.open("rb") as file:
        manifest = verify_bundle(file, trusted)
    print(f"{manifest.version} for {', '.join(manifest.machines)}, Python {', '.join(manifest.pythons)}")
    print(f"follows {manifest.oldest} or later; ledger schema {manifest.schema}; {len(manifest.members)} files")
    print(f"{manifest.notes['zh']}\n{manifest.notes['en']}")


def _say(text: str) -> None:
    print(f"bundle: {text}", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="provisioning/bundle", description=__doc__)
    doors = parser.add_subparsers(dest="do", required=True)
    key = doors.add_parser("key", help=f"make a key pair (a passphrase is taken from {PASSPHRASE})")
    key.add_argument("path", type=Path)
    key.add_argument("--name", required=True, help="whose it is; stands in the public file")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    make = doors.add_parser("make", help=f"make a bundle of this checkout (version {version})")
    make.add_argument(
        "--key", type=Path, action="append", required=True, help="sign with it; several while keys change"
    )
    make.add_argument(
        "--trust", type=Path, action="append", default=[], help="public keys that stations trust from then on"
    )
    make.add_argument("--out", type=Path, default=Path(), metavar="DIR")
    make.add_argument("--machine", default=platform.machine(), help="aarch64 (a Pi) or x86_64")
    make.add_argument("--python", action="append", default=[], metavar="3.11", help="Pythons to bring wheels for")
    make.add_argument("--wheels", type=Path, metavar="DIR", help="take these instead of fetching")
    make.add_argument(
        "--debs",
        type=Path,
        metavar="DIR",
        help="bring the distribution's packages in DIR: installs where there is no network",
    )
    make.add_argument("--oldest", default="0.1.0", metavar="VERSION", help="the least version it can follow")
    make.add_argument("--notes-zh", default="", help="what is new, in Chinese")
    make.add_argument("--notes-en", default="", help="what is new, in English")
    show = doors.add_parser("show", help="prove a bundle and say what it is")
    show.add_argument("file", type=Path)
    show.add_argument("--key", type=Path, action="append", required=True, help="public keys")
    asked = parser.parse_args()
    if asked.do == "make" and not asked.python:
        asked.python = [".".join(map(str, sys.version_info[:2]))]
    return asked


if __name__ == "__main__":
    sys.exit(main())
