"""The stand-in's power: what a simulation says it is."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from firmware.ports import PowerReading


class StandInPower:
    """A `PowerMonitor` that is told what to read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading = PowerReading(undervoltage=False, throttled=False, temperature_c=48.0)

    def read(self) -> PowerReading:
        """See `firmware.ports.PowerMonitor`."""
        with self._lock:
            return self._reading

    def become(self, **changes: Any) -> None:
        """Read so from now on, the rest as before; names are those of `PowerReading`. Raises `TypeError` for others."""
        with self._lock:
            self._reading = replace(self._reading, **changes)
