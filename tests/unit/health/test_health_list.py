"""The health list: limits from the data file, advice where something is wrong, unknown where nothing tells."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.health.judging import HealthState, Readings, judged, limits
from appliance.health.policy import BatteryPolicy, RestartPolicy
from firmware.ports import ClockReading, DeviceState, DeviceStatus, PowerReading
from firmware.storage import DiskReading, RtcReading, read_disk, read_rtc

GOOD = Readings(
    power=PowerReading(False, False, 52.0, 88.0, False),
    clock=ClockReading(datetime(2026, 1, 1, tzinfo=UTC), True, "boot"),
    rtc=RtcReading(True, True),
    disk=DiskReading(free=20 * 10**9, total=60 * 10**9, worn_percent=10.0, end_of_life=1),
    frame_age_s=0.05,
    lamp_missing=False,
    calibration_age_d=3.0,
)


def states(readings: Readings) -> dict[str, str]:
    return {item.name: str(item.state) for item in judged(readings)}


def test_a_sound_station_is_ok_in_everything() -> None:
    items = judged(GOOD)
    assert {item.state for item in items} == {HealthState.OK}
    assert {item.name for item in items} == set(limits()) - {"ups", "platform"}
    assert all(item.advice is None for item in items)


def test_a_machine_that_tells_nothing_is_unknown_not_ok() -> None:
    assert states(Readings()) == {"supply": "unknown", "throttling": "unknown", "heat": "unknown"}


@pytest.mark.parametrize(
    ("readings", "name", "state"),
    [
        (Readings(power=PowerReading(undervoltage=True)), "supply", "bad"),
        (Readings(power=PowerReading(throttled=True)), "throttling", "warn"),
        (Readings(power=PowerReading(temperature_c=75.0)), "heat", "warn"),
        (Readings(power=PowerReading(temperature_c=86.0)), "heat", "bad"),
        (Readings(power=PowerReading(battery_percent=29.0, on_battery=True)), "battery", "warn"),
        (Readings(power=PowerReading(battery_percent=5.0, on_battery=None)), "battery", "bad"),
        (Readings(power=PowerReading(battery_percent=5.0, on_battery=False)), "battery", "ok"),
        (Readings(power=PowerReading(fault="UPS: silent")), "ups", "warn"),
        (Readings(rtc=RtcReading(False)), "rtc", "warn"),
        (Readings(rtc=RtcReading(True, False)), "rtc", "warn"),
        (Readings(rtc=RtcReading(True, None)), "rtc", "unknown"),
        (Readings(disk=DiskReading(10**9, 10**10)), "disk", "warn"),
        (Readings(disk=DiskReading(10**8, 10**10)), "disk", "bad"),
        (Readings(disk=DiskReading(10**10, 10**11, read_only=True)), "disk", "bad"),
        (Readings(disk=DiskReading(10**10, 10**11, worn_percent=90.0)), "wear", "warn"),
        (Readings(disk=DiskReading(10**10, 10**11, end_of_life=3)), "wear", "bad"),
        (Readings(disk=DiskReading(10**10, 10**11)), "wear", "unknown"),
        (Readings(frame_age_s=6.0), "camera", "bad"),
        (Readings(lamp_missing=True), "light", "warn"),
        (Readings(calibration_age_d=31.0), "calibration", "warn"),
        (Readings(stopped=True), "platform", "bad"),
    ],
)
def test_each_limit(readings: Readings, name: str, state: str) -> None:
    item = next(item for item in judged(readings) if item.name == name)
    assert item.state == state
    shown = item.as_dict()
    assert (shown["advice"] is not None) == (state in ("warn", "bad"))
    if shown["advice"] is not None:
        assert shown["advice"]["zh"]
        assert shown["advice"]["en"]


def test_the_card_and_the_clock_as_sysfs_tells_them(tmp_path: Path) -> None:
    assert read_rtc(tmp_path) == RtcReading(present=False)
    clock = tmp_path / "sys/class/rtc/rtc0"
    clock.mkdir(parents=True)
    assert read_rtc(tmp_path) == RtcReading(True, None)
    (clock / "since_epoch").write_text("86400\n")
    assert read_rtc(tmp_path) == RtcReading(True, False)
    (clock / "since_epoch").write_text("1800000000\n")
    assert read_rtc(tmp_path) == RtcReading(True, True)

    here = read_disk(tmp_path, tmp_path)
    assert here.free > 0
    assert (here.worn_percent, here.read_only) == (None, False)
    number = tmp_path.stat().st_dev
    card = tmp_path / "sys/devices/mmcblk0"
    (card / "device").mkdir(parents=True)
    (card / "mmcblk0p2").mkdir()
    (card / "mmcblk0p2/partition").write_text("2")
    (card / "device/life_time").write_text("0x02 0x09\n")
    (card / "device/pre_eol_info").write_text("0x02\n")
    links = tmp_path / "sys/dev/block"
    links.mkdir(parents=True)
    (links / f"{number >> 8 & 0xFFF}:{number & 0xFF}").symlink_to(card / "mmcblk0p2")
    worn = read_disk(tmp_path, tmp_path)
    assert (worn.worn_percent, worn.end_of_life) == (90.0, 2)


def camera(failures: int = 0, *, hopeless: bool = False) -> DeviceStatus:
    state = DeviceState.FAILING if failures or hopeless else DeviceState.READY
    return DeviceStatus("camera", state, "unplugged", failures=failures, hopeless=hopeless)


def test_a_restart_is_asked_for_after_three_failed_reopenings() -> None:
    policy = RestartPolicy()
    assert policy.look(camera(2), [], had_frames=True) is None
    assert policy.look(camera(3), [], had_frames=True) is not None
    # One that never worked in this process would be no better in the next.
    assert policy.look(camera(30), [], had_frames=False) is None
    assert policy.look(camera(hopeless=True), [], had_frames=False) is not None
    scanner = DeviceStatus("scanner", DeviceState.FAILING, failures=9)
    assert policy.look(camera(), [scanner], had_frames=True) is None
    stuck = DeviceStatus("scanner", DeviceState.FAILING, hopeless=True)
    assert policy.look(camera(), [scanner, stuck], had_frames=True) is stuck


def test_switching_off_needs_three_low_readings_without_mains() -> None:
    policy = BatteryPolicy(8.0)
    low, dip = PowerReading(battery_percent=7.0, on_battery=True), PowerReading(battery_percent=9.0, on_battery=True)
    assert [policy.look(reading) for reading in (low, low, dip, low, low, low)] == [False] * 5 + [True]
    charging = BatteryPolicy(8.0)
    assert not any(charging.look(PowerReading(battery_percent=3.0, on_battery=False)) for _ in range(9))
    assert not any(BatteryPolicy(8.0).look(PowerReading()) for _ in range(9))
