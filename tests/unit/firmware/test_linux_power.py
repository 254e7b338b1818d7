from __future__ import annotations

from pathlib import Path

import pytest

from firmware.ports import PowerReading
from firmware.power.linux import LinuxPower


@pytest.fixture
def machine(tmp_path):
    def write(path: str, text: str) -> None:
        file: Path = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n", encoding="ascii")

    return write, LinuxPower(tmp_path)


@pytest.mark.parametrize(
    ("word", "undervoltage", "throttled"),
    [
        ("0", False, False),
        ("1", True, False),
        ("4", False, True),
        ("8", False, True),
        ("50005", True, True),
        ("50000", False, False),  # it happened since the start, and is over
        ("throttled=0x50001", True, False),
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "sys/devices/platform/soc/soc:firmware/get_throttled",
        "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled",
    ],
)
def test_the_firmwares_word(machine, path, word, undervoltage, throttled):
    write, power = machine
    write(path, word)
    assert power.read() == PowerReading(undervoltage=undervoltage, throttled=throttled)


def test_a_garbled_word_tells_nothing(machine):
    write, power = machine
    write("sys/devices/platform/soc/soc:firmware/get_throttled", "so-so")
    assert power.read() == PowerReading()


def test_the_voltage_alarm_where_the_word_is_missing(machine):
    write, power = machine
    write("sys/class/hwmon/hwmon0/name", "cpu_thermal")
    write("sys/class/hwmon/hwmon1/name", "rpi_volt")
    write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1")
    assert power.read() == PowerReading(undervoltage=True)


def test_the_processors_temperature_is_preferred(machine):
    write, power = machine
    for number, (kind, milli) in enumerate([("wifi", "71000"), ("cpu-thermal", "48312"), ("acpitz", "-1")]):
        write(f"sys/class/thermal/thermal_zone{number}/type", kind)
        write(f"sys/class/thermal/thermal_zone{number}/temp", milli)
    assert power.read().temperature_c == pytest.approx(48.312)


def test_else_the_hottest_zone(machine):
    write, power = machine
    for number, milli in enumerate(["30000", "55000", "garbled"]):
        write(f"sys/class/thermal/thermal_zone{number}/temp", milli)
    assert power.read().temperature_c == 55.0


@pytest.mark.parametrize(
    ("online", "status", "on_battery"),
    [("1", "Charging", False), ("0", "Discharging", True), (None, "Discharging", True), (None, "Full", False)],
)
def test_battery(machine, online, status, on_battery):
    write, power = machine
    write("sys/class/power_supply/BAT0/type", "Battery")
    write("sys/class/power_supply/BAT0/capacity", "63")
    write("sys/class/power_supply/BAT0/status", status)
    write("sys/class/power_supply/mouse/type", "Battery")
    write("sys/class/power_supply/mouse/scope", "Device")
    write("sys/class/power_supply/mouse/capacity", "3")
    if online is not None:
        write("sys/class/power_supply/AC/type", "Mains")
        write("sys/class/power_supply/AC/online", online)
    assert power.read() == PowerReading(battery_percent=63.0, on_battery=on_battery)


def test_mains_without_a_battery_is_not_told_as_battery(machine):
    write, power = machine
    write("sys/class/power_supply/AC/type", "Mains")
    write("sys/class/power_supply/AC/online", "1")
    assert power.read() == PowerReading()
