"""Somebody to photograph before a stand-in camera."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from models.install import networks_dir

CAST = networks_dir().parent / "cast"


def a_sitter(folder: Path) -> Path:
    """A picture from a package, as JPEG in `folder`; skips where none is installed."""
    found = sorted(CAST.glob("*.jpg"))
    if not found:
        pytest.skip(f"no pictures in {CAST}; type: station cast install")
    named = [path for path in found if path.stem == "nearly_right"] or found
    picture = cv2.imread(str(named[0]))
    assert picture is not None
    cv2.imwrite(str(folder / "sitter.jpg"), picture)
    return folder / "sitter.jpg"
