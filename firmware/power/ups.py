"""A UPS board beside what Linux tells: its gauge is read over I2C; a silent board never hides the rest."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from firmware.ports import DeviceUnavailable, PowerMonitor, PowerReading
from firmware.power.gauge import Bus, Charge, Gauge

READ_EVERY = 1.0  # seconds; between two reads the last is told
PACKAGE = "sudo apt install python3-smbus2"


def open_bus(number: int) -> Bus:
    """The I2C bus `/dev/i2c-number`. Raises `DeviceUnavailable`."""
    try:
        smbus2: Any = importlib.import_module("smbus2")  # only stations with a UPS have it
    except ImportError as error:
        raise DeviceUnavailable(f"UPS: smbus2 is not installed; type: {PACKAGE}") from error
    try:
        bus: Bus = smbus2.SMBus(number)
    except OSError as error:
        raise DeviceUnavailable(
            f"UPS: /dev/i2c-{number} cannot be opened: {error}; is `dtparam=i2c_arm=on` in config.txt?"
        ) from error
    return bus


class UpsPower:
    """A `PowerMonitor` that adds a gauge's battery to `machine`'s reading. Safe to read from any thread."""

    def __init__(
        self, machine: PowerMonitor, gauge: Gauge, number: int = 1, opener: Callable[[int], Bus] = open_bus
    ) -> None:
        self._machine = machine
        self._gauge = gauge
        self._number = number
        self._opener = opener
        self._lock = threading.Lock()
        self._bus: Bus | None = None
        self._last: tuple[float, Charge | str] | None = None

    def read(self) -> PowerReading:
        """See `firmware.ports.PowerMonitor`; `fault` says why a battery that should tell does not."""
        reading, told = self._machine.read(), self._charge()
        if isinstance(told, str):
            return replace(reading, fault=told)
        return replace(
            reading, battery_percent=told.percent, battery_volts=told.volts, on_battery=told.draining, fault=""
        )

    def _charge(self) -> Charge | str:
        with self._lock:
            now = time.monotonic()
            if self._last is None or now - self._last[0] >= READ_EVERY:
                self._last = (now, self._ask())
            return self._last[1]

    def _ask(self) -> Charge | str:
        try:
            if self._bus is None:
                self._bus = self._opener(self._number)
            return self._gauge.read(self._bus)
        except DeviceUnavailable as error:
            return str(error)
        except (OSError, ValueError) as error:
            self._let_go()
            return f"UPS: the {self._gauge.chip} on /dev/i2c-{self._number} does not answer: {error}"

    def _let_go(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.close()
