"""Battery gauges on UPS boards over I2C: what each chip says, in volts and percent.

Both chips hold 16-bit registers, high byte first; SMBus words come low byte first and are turned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Bus(Protocol):
    """What is used of `smbus2.SMBus`."""

    def read_word_data(self, address: int, register: int, /) -> int:
        """A 16-bit register, low byte first. Raises `OSError` when the chip does not answer."""
        ...

    def close(self) -> None:
        """Release the bus."""
        ...


@dataclass(frozen=True, slots=True)
class Charge:
    """Charge in percent (0 to 100), volts of the battery, and whether it is being drained (None: cannot be told)."""

    percent: float
    volts: float
    draining: bool | None


class Gauge(Protocol):
    """A battery gauge chip."""

    @property
    def chip(self) -> str:
        """Its name."""
        ...

    def read(self, bus: Bus) -> Charge:
        """The present charge. Raises `OSError` when it does not answer, `ValueError` when it is another chip."""
        ...


class Max17048:
    """MAX17048/MAX17049 fuel gauge (data sheet 19-6171: VCELL 02h, 78.125 uV a cell; SOC 04h, 1/256 %; VERSION 08h, 001xh;
    CRATE 16h, 0.208 %/h, signed)."""

    chip = "max17048"
    ADDRESS = 0x36
    VCELL, SOC, VERSION, CRATE = 0x02, 0x04, 0x08, 0x16
    DRAINS = -1.0  # %/h; self-discharge and rounding stay above it

    def __init__(self, address: int | None = None) -> None:
        self._address = address or self.ADDRESS

    def read(self, bus: Bus) -> Charge:
        """See `Gauge`."""
        version = _word(bus, self._address, self.VERSION)
        if version & 0xFFF0 != 0x0010:
            raise ValueError(f"the chip at 0x{self._address:02x} is no MAX17048 (version register 0x{version:04x})")
        rate = _signed(_word(bus, self._address, self.CRATE)) * 0.208
        percent = _word(bus, self._address, self.SOC) / 256
        volts = _word(bus, self._address, self.VCELL) * 78.125e-6
        return Charge(min(percent, 100.0), volts, rate < self.DRAINS)


class Ina219:
    """INA219 current monitor before a lithium battery (TI SBOS448: shunt voltage 01h, 10 uV, signed; bus voltage 02h, bits 3 to
    15, 4 mV). It gauges volts, not charge: percent is the straight line from 3.0 V (empty) to 4.2 V (full) a cell, an estimate
    that reads low under load, which is the safe side."""

    chip = "ina219"
    ADDRESS = 0x42  # as UPS boards wire it; the chip alone answers at 0x40
    SHUNT, BUS_VOLTAGE = 0x01, 0x02
    EMPTY, FULL = 3.0, 4.2  # volts a cell
    DRAINS = -200e-6  # volts over the shunt

    def __init__(self, address: int | None = None, cells: int = 1) -> None:
        self._address = address or self.ADDRESS
        self._cells = cells

    def read(self, bus: Bus) -> Charge:
        """See `Gauge`."""
        volts = (_word(bus, self._address, self.BUS_VOLTAGE) >> 3) * 4e-3
        shunt = _signed(_word(bus, self._address, self.SHUNT)) * 10e-6
        share = (volts / self._cells - self.EMPTY) / (self.FULL - self.EMPTY)
        return Charge(100 * min(max(share, 0.0), 1.0), volts, shunt < self.DRAINS)


def _word(bus: Bus, address: int, register: int) -> int:
    low_first = bus.read_word_data(address, register)
    return (low_first & 0xFF) << 8 | low_first >> 8


def _signed(word: int) -> int:
    return word - 0x10000 if word & 0x8000 else word
