"""What the status light promises."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable

from firmware.ports.status import DeviceStatus


class Pattern(StrEnum):
    """What the status light shows."""

    DARK = "dark"
    READY = "ready"
    JUDGING = "judging"
    ATTENTION = "attention"
    FAULT = "fault"


@runtime_checkable
class Indicator(Protocol):
    """The status light."""

    def start(self) -> None:
        """Claim the light, dark. Raises `DeviceUnavailable`."""
        ...

    def stop(self) -> None:
        """Dark, released."""
        ...

    def show(self, pattern: Pattern) -> None:
        """Show `pattern` until told otherwise; returns at once."""
        ...

    def status(self) -> DeviceStatus:
        """How the light is doing now; never blocks."""
        ...
