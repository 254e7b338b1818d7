"""From readings to the health list. Pure: the same readings give the same list."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from appliance.portrait.measurement import Message
from firmware.ports import ClockReading, PowerReading
from firmware.storage import DiskReading, RtcReading

FILE = Path(__file__).with_name("limits.toml")
GIGABYTE = 1e9


class HealthState(StrEnum):
    """How one thing is doing. `unknown`: the machine does not tell."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HealthItem:
    """One line of the list; `limit` is the nearest limit of `value`, in `unit`."""

    name: str
    state: HealthState
    title: Message
    value: float | bool | None = None
    limit: float | None = None
    unit: str = ""
    advice: Message | None = None

    def as_dict(self) -> dict[str, Any]:
        """As pages and programs get it."""
        advice = self.advice
        return {
            "name": self.name,
            "state": str(self.state),
            "title": {"zh": self.title.zh, "en": self.title.en},
            "value": self.value,
            "limit": self.limit,
            "unit": self.unit,
            "advice": None if advice is None else {"zh": advice.zh, "en": advice.en},
        }


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read of the station; None where a thing is not there to be read."""

    power: PowerReading | None = None
    clock: ClockReading | None = None
    rtc: RtcReading | None = None
    disk: DiskReading | None = None
    frame_age_s: float | None = None
    lamp_missing: bool | None = None
    calibration_age_d: float | None = None
    stopped: bool = False  # by the platform


def judged(readings: Readings) -> list[HealthItem]:
    """The list; what this station does not have is left out, what it should tell and does not is unknown."""
    power, disk = readings.power or PowerReading(), readings.disk
    items = [
        _flag("supply", power.undervoltage),
        _flag("throttling", power.throttled, HealthState.WARN),
        _figure("heat", power.temperature_c),
    ]
    if power.battery_percent is not None:
        items.append(_battery(power))
    if power.fault:
        items.append(_flag("ups", bad=True, worst=HealthState.WARN))
    if readings.clock is not None:
        items.append(_flag("clock", not readings.clock.trusted, HealthState.WARN))
    if readings.rtc is not None:
        missing = None if readings.rtc.kept_time is None and readings.rtc.present else not readings.rtc.kept_time
        items.append(_flag("rtc", missing, HealthState.WARN))
    if disk is not None:
        items.append(_flag("disk", bad=True) if disk.read_only else _figure("disk", disk.free / GIGABYTE))
        items.append(_wear(disk))
    if readings.frame_age_s is not None:
        items.append(_figure("camera", readings.frame_age_s))
    if readings.lamp_missing is not None:
        items.append(_flag("light", readings.lamp_missing, HealthState.WARN))
    if readings.stopped:
        items.append(_flag("platform", bad=True))
    if readings.calibration_age_d is not None:
        items.append(_figure("calibration", readings.calibration_age_d))
    return items


def _battery(power: PowerReading) -> HealthItem:
    """A low battery that is being charged is no reason to worry anybody."""
    item = _figure("battery", power.battery_percent)
    return item if power.on_battery is not False else HealthItem(item.name, HealthState.OK, item.title, item.value)


def _wear(disk: DiskReading) -> HealthItem:
    if disk.end_of_life is not None and disk.end_of_life > 1:
        return _flag("wear", bad=True, worst=HealthState.BAD if disk.end_of_life > 2 else HealthState.WARN)
    return _figure("wear", disk.worn_percent)


def _flag(name: str, bad: bool | None, worst: HealthState = HealthState.BAD) -> HealthItem:
    row = limits()[name]
    state = HealthState.UNKNOWN if bad is None else worst if bad else HealthState.OK
    value = None if bad is None else not bad
    return HealthItem(name, state, _text(row["title"]), value, advice=_text(row["advice"]) if bad else None)


def _figure(name: str, value: float | None) -> HealthItem:
    row = limits()[name]
    title, unit = _text(row["title"]), row["unit"]
    if value is None:
        return HealthItem(name, HealthState.UNKNOWN, title, unit=unit)
    sign = 1 if row["side"] == "above" else -1
    state = HealthState.OK
    for limit, worse in (("warn", HealthState.WARN), ("bad", HealthState.BAD)):
        if sign * value >= sign * row[limit]:
            state = worse
    limit = row["warn"] if state is HealthState.OK else row[str(state)]
    advice = None if state is HealthState.OK else _text(row["advice"])
    return HealthItem(name, state, title, round(value, 1), limit, unit, advice)


def _text(row: dict[str, str]) -> Message:
    return Message(zh=row["zh"], en=row["en"])


@cache
def limits() -> dict[str, Any]:
    """The table of `limits.toml`."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
