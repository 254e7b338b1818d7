"""Installing from a signed bundle: proven first, then unpacked, then its own installer goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from appliance.release.bundle import unpack_bundle
from appliance.release.errors import BundleRefused
from appliance.release.keys import trusted_keys
from appliance.release.places import Places
from appliance.release.versions import must_follow, this_machine
from provisioning.installer.context import StepFailed, say
from provisioning.installer.updates import SHIPPED, named_keys


def install_from(bundle: Path, source: Path, keys: Sequence[Path], more: Sequence[str], *, downgrade: bool) -> int:
    """Prove `bundle` by the keys of this station, of this source, and of `keys`; then run its own installer with `more`.

    Its exit code. Raises `StepFailed` when the bundle is refused; nothing of it was written then.
    """
    places = Places()
    trusted = trusted_keys([places.keys]) or trusted_keys([source / SHIPPED])
    trusted |= named_keys(keys)
    current = places.named(places.current)
    subprocess.run(["rm", "-rf", str(places.incoming)], check=True)
    places.incoming.mkdir(parents=True, mode=0o700)
    folder = places.incoming / "release"
    say(f"proving {bundle.name}")
    try:
        with bundle.open("rb") as file:
            manifest = unpack_bundle(file, trusted, folder)
        if current is not None:
            must_follow(manifest, this_machine(current, 0), downgrade=downgrade)
        else:
            must_follow(manifest, this_machine(manifest.version, manifest.serial))
        say(f"{manifest.version}: signature and {len(manifest.members)} files hold")
        command = [sys.executable, "-m", "provisioning.installer", "--bundle", str(folder), *more]
        for path in keys:
            command += ["--release-key", str(path.resolve())]
        return subprocess.run(command, cwd=folder / "source", check=False).returncode
    except (BundleRefused, OSError) as error:
        text = f"{error.zh} · {error.en}" if isinstance(error, BundleRefused) else str(error)
        raise StepFailed(text) from error
    finally:
        subprocess.run(["rm", "-rf", str(places.incoming)], check=True)
