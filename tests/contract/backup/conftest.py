"""A platform that runs, and a station enrolled at it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))

from platform_fixtures import counterpart

__all__ = ["counterpart"]
