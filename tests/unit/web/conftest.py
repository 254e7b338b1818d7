"""A web room to ask, without a station around it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))

from web_station import web_station

__all__ = ["web_station"]
