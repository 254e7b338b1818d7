"""Battery gauges over I2C, with the registers of their data sheets."""

from __future__ import annotations

import sys

import pytest

from firmware.ports import DeviceUnavailable, PowerReading
from firmware.power import ups
from firmware.power.gauge import Ina219, Max17048
from firmware.power.ups import UpsPower, open_bus


class Registers:
    """An I2C bus with one chip on it."""

    def __init__(self, address: int, words: dict[int, int]) -> None:
        self.address, self.words = address, words
        self.plugged, self.closed = True, 0

    def read_word_data(self, address: int, register: int) -> int:
        if not self.plugged or address != self.address:
            raise OSError(121, "Remote I/O error")
        word = self.words[register]
        return (word & 0xFF) << 8 | word >> 8  # SMBus: low byte first

    def close(self) -> None:
        self.closed += 1


class Machine:
    """What Linux tells."""

    def read(self) -> PowerReading:
        return PowerReading(undervoltage=False, temperature_c=50.0)


def test_max17048_by_its_data_sheet() -> None:
    bus = Registers(0x36, {0x08: 0x0012, 0x02: 51200, 0x04: (83 << 8) + 128, 0x16: 0xFFCE})
    charge = Max17048().read(bus)
    assert charge.volts == pytest.approx(4.0)  # 51,200 x 78.125 uV
    assert charge.percent == pytest.approx(83.5)
    assert charge.draining is True  # -50 x 0.208 %/h = -10.4 %/h
    bus.words[0x16] = 0x0014
    assert Max17048().read(bus).draining is False


def test_another_chip_at_that_address_is_told() -> None:
    with pytest.raises(ValueError, match="no MAX17048"):
        Max17048().read(Registers(0x36, {0x08: 0x4321}))


@pytest.mark.parametrize(("volts", "percent"), [(8.4, 100.0), (7.2, 50.0), (6.0, 0.0), (5.0, 0.0), (9.0, 100.0)])
def test_ina219_is_a_straight_line_between_empty_and_full(volts: float, percent: float) -> None:
    bus = Registers(0x42, {0x02: (round(volts / 4e-3) << 3) | 0b10, 0x01: 0xFF00})
    charge = Ina219(cells=2).read(bus)
    assert charge.volts == pytest.approx(volts, abs=0.004)
    assert charge.percent == pytest.approx(percent, abs=0.3)
    assert charge.draining is True  # -256 x 10 uV over the shunt


def test_a_silent_board_hides_nothing_else_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = Registers(0x42, {0x02: 2050 << 3, 0x01: 0x0100})
    monkeypatch.setattr(ups, "READ_EVERY", 0.0)
    power = UpsPower(Machine(), Ina219(cells=2), opener=lambda number: bus)
    assert power.read().battery_percent == pytest.approx(91.7, abs=0.3)
    assert power.read().on_battery is False
    bus.plugged = False
    silent = power.read()
    assert (silent.battery_percent, silent.temperature_c) == (None, 50.0)
    assert "ina219" in silent.fault
    assert bus.closed == 1
    bus.plugged = True
    assert power.read().fault == ""


def test_a_missing_library_says_which_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smbus2", None)
    with pytest.raises(DeviceUnavailable, match="sudo apt install python3-smbus2"):
        open_bus(1)
    assert "python3-smbus2" in UpsPower(Machine(), Max17048()).read().fault
