"""When the program must end by itself: a device that only a new process can have again, or a battery that is nearly empty."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from firmware.ports import DeviceState, DeviceStatus, PowerReading

MOST_FAILURES = 3  # reopenings of one device that failed in a row
SURE = 3  # readings in a row that must say the battery is empty: a dip under load is none


class Ending(IntEnum):
    """Why the program ends, as its exit code; the service unit knows what each asks for."""

    STOPPED = 0
    RESTART = 75  # EX_TEMPFAIL of sysexits.h: start me again
    POWER_OFF = 76  # switch the machine off


class RestartPolicy:
    """Asks for a new process once the camera failed to reopen three times, or a driver's threads hang beyond hope.

    A camera that never gave a frame to this process is not asked for again: a new process would find the same, for ever.
    """

    def look(self, camera: DeviceStatus, others: Sequence[DeviceStatus], *, had_frames: bool) -> DeviceStatus | None:
        """The device that makes a restart needed, or None."""
        lost = camera.state is DeviceState.FAILING and camera.failures >= MOST_FAILURES and had_frames
        if camera.hopeless or lost:
            return camera
        return next((status for status in others if status.hopeless), None)


class BatteryPolicy:
    """Asks to switch off when the station has run on battery below `percent` for some readings in a row."""

    def __init__(self, percent: float) -> None:
        self._percent = percent
        self._low = 0

    def look(self, power: PowerReading) -> bool:
        """Whether it is time, by one more reading."""
        charge = power.battery_percent
        low = charge is not None and charge <= self._percent and power.on_battery is not False
        self._low = self._low + 1 if low else 0
        return self._low >= SURE
