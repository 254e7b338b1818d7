"""Platform and station fixtures, shared with other folders."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))

from platform_fixtures import client, counterpart, identity, ledger, platform_process
from storage_fixtures import postgres, seaweed, shared_storage

__all__ = [
    "client",
    "counterpart",
    "identity",
    "ledger",
    "platform_process",
    "postgres",
    "seaweed",
    "shared_storage",
]
