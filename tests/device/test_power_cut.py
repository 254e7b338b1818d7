"""The power of an installed station is cut, a few times; and a station whose fsync does nothing must be found out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cut_places import CONTAINER, MACHINE, Where
from sitter import a_sitter

HERE = Path(__file__).parent

pytestmark = pytest.mark.device


def cut(where: Where, folder: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    """Run the program; its exit code and figures."""
    lacking = [name for name in where.needed if shutil.which(name) is None]
    if lacking or os.geteuid() != 0:
        pytest.skip(
            f"needs root and {', '.join(lacking) or 'nothing else'}; provisioning/apt-packages.txt names the packages"
        )
    figures = folder / "figures.json"
    program = [
        sys.executable,
        str(HERE / "power_cut.py"),
        *(["--container"] if where == CONTAINER else []),
        "--photo",
        str(a_sitter(folder)),
        "--json",
        str(figures),
    ]
    done = subprocess.run([*program, *arguments], check=False, timeout=1400)
    return done.returncode, json.loads(figures.read_text())


@pytest.mark.parametrize("where", [CONTAINER, MACHINE], ids=lambda where: where.name)
def test_nothing_acknowledged_is_lost_or_doubled(where: Where, tmp_path: Path) -> None:
    code, figures = cut(where, tmp_path, "--cuts", "3", "--seed", "11")
    assert figures["acknowledged"], "no visit came to its end: the cuts proved nothing"
    assert (code, figures["missing"], figures["altered"], figures["faults"]) == (0, [], [], [])
    assert (figures["lost"], figures["doubled"]) == ([], [])


@pytest.mark.parametrize("where", [CONTAINER, MACHINE], ids=lambda where: where.name)
def test_a_station_that_does_not_flush_is_found_out(where: Where, tmp_path: Path) -> None:
    code, figures = cut(where, tmp_path, "--cuts", "3", "--seed", "12", "--careless")
    assert code == 1
    assert figures["acknowledged"]
    assert figures["missing"] or figures["altered"] or figures["faults"]
