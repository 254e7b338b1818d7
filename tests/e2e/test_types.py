"""The page's JSDoc types, checked by TypeScript's own checker."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from from_npm import TYPESCRIPT, installed


def test_types_of_the_page_hold() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js: apt install nodejs npm")
    checker = installed(TYPESCRIPT) / "lib" / "tsc.js"
    config = Path(__file__).with_name("jsconfig.json")
    checked = subprocess.run(
        [node, checker, "--project", config], capture_output=True, text=True, timeout=120, check=False
    )
    assert checked.returncode == 0, checked.stdout
