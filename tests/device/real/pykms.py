"""Stands where picamera2 looks for the Pi's display library: nothing is shown on a screen here."""

from __future__ import annotations


class _AnyFormat(type):
    def __getattr__(cls, name: str) -> str:
        return name


class PixelFormat(metaclass=_AnyFormat):
    """Has every format, by its name."""
