"""What a foot switch or shutter button promises."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, runtime_checkable

from firmware.ports.status import DeviceStatus


class TriggerEvent(StrEnum):
    """What a foot switch or shutter button says."""

    PRESS = "press"
    LONG_PRESS = "long_press"


@runtime_checkable
class Trigger(Protocol):
    """A foot switch or shutter button, debounced."""

    def start(self, listener: Callable[[TriggerEvent], None]) -> None:
        """Begin to listen. Raises `DeviceUnavailable`."""
        ...

    def stop(self) -> None:
        """Stop; no call to the listener happens after this returns."""
        ...

    def status(self) -> DeviceStatus:
        """How the trigger is doing now; never blocks."""
        ...
