"""What an installation copies: every data file of the rooms is named in `pyproject.toml`, or it is missing on a device."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("firmware", "models", "appliance")
NOT_FOR_DEVICES = {"README.md", "CHANGELOG.md", "page.png"}  # for readers of the repository


def data_files() -> list[str]:
    """Files beside the code, as git knows them."""
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files", *ROOMS], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a checkout: git does not know which files belong here")
    names = [name for name in done.stdout.splitlines() if not name.endswith(".py")]
    return [name for name in names if Path(name).name not in NOT_FOR_DEVICES]


def shipped() -> set[str]:
    """What the patterns of `[tool.setuptools.package-data]` find."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    folders = {ROOT.joinpath(*package.split(".")): patterns for package, patterns in table.items()}
    found = [path for folder, patterns in folders.items() for pattern in patterns for path in folder.glob(pattern)]
    return {path.relative_to(ROOT).as_posix() for path in found}


def test_every_data_file_reaches_a_device() -> None:
    assert sorted(set(data_files()) - shipped()) == []
