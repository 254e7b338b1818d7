"""A web room to ask, without a station around it."""

from __future__ import annotations

from web_station import web_station

__all__ = ["web_station"]
