"""What supply, heat and battery tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class PowerReading:
    """Power and heat; `None` where the machine does not tell. `fault` says what should have told and did not."""

    undervoltage: bool | None = None
    throttled: bool | None = None
    temperature_c: float | None = None
    battery_percent: float | None = None
    on_battery: bool | None = None
    battery_volts: float | None = None
    fault: str = ""


@runtime_checkable
class PowerMonitor(Protocol):
    """Supply, heat and battery."""

    def read(self) -> PowerReading:
        """The present reading; at most some milliseconds. Raises `DeviceUnavailable`."""
        ...
