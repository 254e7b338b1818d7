"""Ledgers with photos."""

from __future__ import annotations

from archive_fixtures import archive_ledger

__all__ = ["archive_ledger"]
