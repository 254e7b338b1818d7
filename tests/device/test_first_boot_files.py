"""The cards in the eyes of what reads them: cloud-init's own schema, with netplan, as Raspberry Pi OS trixie has both."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rootfs

from appliance.provision.cards import write_cards
from appliance.provision.site_file import EXAMPLE, read_site

HERE = Path(__file__).parent

pytestmark = pytest.mark.device


@pytest.mark.parametrize("site", [EXAMPLE, HERE / "site.toml"], ids=["example", "every link"])
def test_cloud_init_has_no_complaint(site: Path, tmp_path: Path) -> None:
    if shutil.which("debootstrap") is None or os.geteuid() != 0:
        pytest.skip("needs root and debootstrap")
    try:
        layers = rootfs.with_packages("trixie", "cloud-init", "netplan.io")  # which alone knows Wi-Fi
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no trixie with cloud-init: {error.stderr}")
    write_cards(read_site(site), tmp_path / "cards", settings="", source=None, now=datetime.now(UTC), wrote=print)
    with rootfs.layered(*layers, upper=tmp_path / "tree") as tree:
        shutil.copytree(tmp_path / "cards", tree / "srv/cards")
        for folder in sorted((tree / "srv/cards").glob("gym-*")):
            for name, kind in (("user-data", "cloud-config"), ("network-config", "network-config")):
                file = f"/{(folder / name).relative_to(tree)}"
                done = rootfs.inside(tree, "cloud-init", "schema", "--config-file", file, "--schema-type", kind)
                assert done.returncode == 0, f"{folder.name}/{name}: {done.stdout}{done.stderr}"
                assert "Valid schema" in done.stdout
