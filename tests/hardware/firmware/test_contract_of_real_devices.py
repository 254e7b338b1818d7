"""The contract suite of cameras and lamps, unchanged, on what is plugged in."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

pytestmark = pytest.mark.hardware
SUITES = Path(__file__).resolve().parents[2] / "contract" / "firmware"


def promises(suite: str) -> dict[str, object]:
    """The tests of a suite by name."""
    spec = importlib.util.spec_from_file_location(f"real_{suite}", SUITES / f"{suite}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: value for name, value in vars(module).items() if name.startswith("test_")}


globals().update(promises("test_camera_port") | promises("test_lamps_port"))
