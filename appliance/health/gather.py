"""Reads what the health list is made of, each few seconds, and decides when the program must end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from appliance.health.judging import Readings, judged
from appliance.health.policy import BatteryPolicy
from firmware.ports import Clock, DeviceUnavailable, PowerMonitor, PowerReading
from firmware.storage import read_disk, read_rtc

log = structlog.get_logger(__name__)

EVERY = 5.0  # seconds


class HealthWatch:
    """Publishes the list when it changed. `more` adds what only the running station knows; `empty` is called when the battery
    is."""

    def __init__(
        self,
        power: PowerMonitor,
        clock: Clock,
        data_dir: Path,
        battery: BatteryPolicy,
        *,
        more: Callable[[Readings], Readings],
        publish: Callable[[list[dict[str, Any]]], None],
        empty: Callable[[PowerReading], None],
    ) -> None:
        self._power = power
        self._clock = clock
        self._data_dir = data_dir
        self._battery = battery
        self._more = more
        self._publish = publish
        self._empty = empty
        self._due = 0.0
        self._list: list[dict[str, Any]] = []

    @property
    def newest(self) -> list[dict[str, Any]]:
        """The list as last read; read now when it never was."""
        return self._list or self.read()

    def look(self) -> None:
        """Read when it is time, and publish what changed."""
        now = self._clock.monotonic()
        if now < self._due:
            return
        self._due = now + EVERY
        before = self._list
        if self.read() != before:
            self._publish(self._list)

    def read(self) -> list[dict[str, Any]]:
        """Read everything now."""
        power = self._power_reading()
        readings = Readings(power=power, clock=self._clock.read(), rtc=read_rtc())
        try:
            readings = replace(readings, disk=read_disk(self._data_dir))
        except OSError as error:
            log.warning("health.disk_unreadable", error=str(error))
        self._list = [item.as_dict() for item in judged(self._more(readings))]
        if self._battery.look(power):
            self._empty(power)
        return self._list

    def _power_reading(self) -> PowerReading:
        try:
            return self._power.read()
        except DeviceUnavailable as error:
            return PowerReading(fault=str(error))
