"""What triggers, status lights, power monitors and clocks promise."""

from __future__ import annotations

import contextlib
import queue
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.clock import SystemClock
from firmware.ports import (
    Clock,
    DeviceState,
    DeviceUnavailable,
    Indicator,
    Pattern,
    PowerMonitor,
    PowerReading,
    Trigger,
    TriggerEvent,
)
from firmware.power.linux import LinuxPower


def test_a_trigger_tells_each_press_once(trigger_rig):
    events: queue.Queue[TriggerEvent] = queue.Queue()
    assert isinstance(trigger_rig.trigger, Trigger)
    assert trigger_rig.trigger.status().state is DeviceState.STOPPED
    trigger_rig.trigger.start(events.put)
    trigger_rig.trigger.start(events.put)
    assert trigger_rig.trigger.status().state is DeviceState.READY
    for event in (TriggerEvent.PRESS, TriggerEvent.LONG_PRESS, TriggerEvent.PRESS):
        trigger_rig.press(event)
        assert events.get(timeout=3) is event
    with pytest.raises(queue.Empty):
        events.get(timeout=0.2)


def test_a_trigger_is_silent_after_stop(trigger_rig):
    events: queue.Queue[TriggerEvent] = queue.Queue()
    trigger_rig.trigger.start(events.put)
    trigger_rig.trigger.stop()
    trigger_rig.trigger.stop()
    with contextlib.suppress(
        DeviceUnavailable
    ):  # a foot can press a stopped switch, software may be told that it cannot
        trigger_rig.press(TriggerEvent.PRESS)
    with pytest.raises(queue.Empty):
        events.get(timeout=0.2)


def test_a_light_shows_what_it_is_told_and_ends_dark(indicator_rig):
    indicator = indicator_rig.indicator
    assert isinstance(indicator, Indicator)
    assert indicator.status().state is DeviceState.STOPPED
    with pytest.raises(DeviceUnavailable):
        indicator.show(Pattern.READY)
    indicator.start()
    assert indicator_rig.is_dark()
    for pattern in (Pattern.READY, Pattern.JUDGING, Pattern.ATTENTION, Pattern.FAULT):
        started = time.monotonic()
        indicator.show(pattern)
        assert time.monotonic() - started < 0.5
        assert indicator_rig.shows(pattern)
    assert indicator.status().state is DeviceState.READY
    indicator.stop()
    assert indicator_rig.is_dark()
    indicator.stop()


@pytest.mark.parametrize("machine", ["this one", "one that tells nothing"])
def test_a_power_monitor_reads_quickly_and_honestly(machine, empty_root):
    monitor = LinuxPower(Path("/") if machine == "this one" else empty_root)
    assert isinstance(monitor, PowerMonitor)
    started = time.monotonic()
    reading = monitor.read()
    assert time.monotonic() - started < 0.5
    if machine != "this one":
        assert reading == PowerReading()
    if reading.temperature_c is not None:
        assert -40 < reading.temperature_c < 130
    if reading.battery_percent is not None:
        assert 0 <= reading.battery_percent <= 100


def test_a_clock_tells_utc_and_never_goes_back():
    clock = SystemClock()
    assert isinstance(clock, Clock)
    first, last = clock.read(), clock.monotonic()
    assert first.utc.tzinfo is UTC
    assert abs((first.utc - datetime.now(UTC)).total_seconds()) < 5
    assert first.boot_id == clock.read().boot_id != ""
    for _ in range(100):
        now = clock.monotonic()
        assert now >= last
        last = now
