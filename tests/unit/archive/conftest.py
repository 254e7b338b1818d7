"""Ledgers with photos."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))

from archive_fixtures import archive_ledger

__all__ = ["archive_ledger"]
