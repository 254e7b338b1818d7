"""The stand-in trigger: pressed by a call instead of a foot."""

from __future__ import annotations

import threading
from collections.abc import Callable

from firmware.ports import DeviceState, DeviceStatus, DeviceUnavailable, TriggerEvent


class StandInTrigger:
    """A `Trigger` that software presses."""

    def __init__(self, name: str = "trigger") -> None:
        self._name = name
        self._lock = threading.RLock()
        self._listener: Callable[[TriggerEvent], None] | None = None

    def start(self, listener: Callable[[TriggerEvent], None]) -> None:
        """Begin to listen."""
        with self._lock:
            if self._listener is None:
                self._listener = listener

    def stop(self) -> None:
        """Stop; no call to the listener happens after this returns."""
        with self._lock:
            self._listener = None

    def press(self, event: TriggerEvent = TriggerEvent.PRESS) -> None:
        """Step on it. Raises `DeviceUnavailable` before `start()`."""
        with self._lock:
            if self._listener is None:
                raise DeviceUnavailable(f"{self._name} is stopped; start it first")
            self._listener(event)

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Trigger`."""
        with self._lock:
            state = DeviceState.STOPPED if self._listener is None else DeviceState.READY
        return DeviceStatus(self._name, state)
