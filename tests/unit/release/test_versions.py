"""Which release may follow which, and that its rules need no package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bundle_fixtures import manifest_of

from appliance.release.errors import BundleRefused
from appliance.release.versions import Standing, is_newer, must_follow

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("installed", "serial", "newer"),
    [
        ("0.1.0-aaaaaaaa", 0, True),
        ("0.2.0-bbbbbbbb", 9, True),
        ("0.2.0-11112222", 10, False),
        ("0.2.1-aaaaaaaa", 0, False),
        ("0.10.0-aaaaaaaa", 0, False),
    ],
)
def test_later_is_by_numbers_then_by_serial(installed: str, serial: int, newer: bool) -> None:
    assert is_newer(manifest_of(), Standing(installed, serial)) is newer


def test_an_older_one_is_taken_only_when_told(tmp_path: Path) -> None:
    standing = Standing("0.3.0-aaaaaaaa", 1)
    with pytest.raises(BundleRefused, match="--allow-downgrade"):
        must_follow(manifest_of(), standing)
    must_follow(manifest_of(), standing, downgrade=True)


@pytest.mark.parametrize(
    ("other", "standing", "reason"),
    [
        ({"machines": ("aarch64",)}, Standing("0.1.0-a", 0, "x86_64", "3.11"), "for aarch64, this machine is x86_64"),
        ({"pythons": ("3.13",)}, Standing("0.1.0-a", 0, "x86_64", "3.11"), "for Python 3.13, this system has 3.11"),
        ({"oldest": "0.1.5"}, Standing("0.1.4-a", 0), "can follow 0.1.5 or later"),
    ],
)
def test_what_is_not_for_this_station_is_refused_with_both_figures(
    other: dict[str, object], standing: Standing, reason: str
) -> None:
    with pytest.raises(BundleRefused, match=reason):
        must_follow(manifest_of(**other), standing)  # type: ignore[arg-type]


def test_this_room_needs_nothing_but_python_itself() -> None:
    rooms = [path.stem for path in (ROOT / "appliance/release").glob("*.py") if path.stem != "__init__"]
    program = f"import {', '.join(f'appliance.release.{room}' for room in rooms)}"
    subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"], check=True
    )
