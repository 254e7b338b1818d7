"""What a release needs from the distribution. The updater has no network and installs no such packages: a technician does."""

from __future__ import annotations

from pathlib import Path

from appliance.release.errors import BundleRefused
from provisioning.installer.context import Context
from provisioning.installer.system import missing


def require_packages(source: Path) -> None:
    """See whether this machine has every package of the distribution that the release in `source` names. Raises `BundleRefused`."""
    names = " ".join(missing(Context(source)))
    if not names:
        return
    typed = f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
    raise BundleRefused(
        f"新版本需要系统软件包 {names}，本机还没有；请联网，在本机输入 {typed}，然后再更新一次。当前版本照常工作",
        f"this release needs the system packages {names}, which are not on this machine: connect it to the network, "
        f"type {typed}, and update again. The version that runs goes on working",
    )
