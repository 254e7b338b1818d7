"""A platform that runs, and a station enrolled at it."""

from __future__ import annotations

from platform_fixtures import counterpart

__all__ = ["counterpart"]
