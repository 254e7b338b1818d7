"""Platform and station fixtures, shared with other folders."""

from __future__ import annotations

from platform_fixtures import client, counterpart, identity, ledger, platform_process

__all__ = ["client", "counterpart", "identity", "ledger", "platform_process"]
