"""Which scanners, trigger, indicator and power."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.device_settings import IndicatorSettings, PowerSettings, ScannerSettings, TriggerSettings
from firmware.indicator.gpio import GpioIndicator, LightPins
from firmware.indicator.standin import StandInIndicator
from firmware.ports import CodeScanner, Indicator, PowerMonitor, Trigger
from firmware.power.gauge import Gauge, Ina219, Max17048
from firmware.power.linux import LinuxPower
from firmware.power.ups import UpsPower
from firmware.scanner.finding import keyboard_scanner, serial_port
from firmware.scanner.hid import HidScanner, open_keys
from firmware.scanner.optical import OpticalScanner
from firmware.scanner.serial import SerialScanner, open_line
from firmware.trigger.gpio import GpioTrigger
from firmware.trigger.keys import KeyTrigger
from firmware.trigger.standin import StandInTrigger


def scanners(settings: ScannerSettings) -> Sequence[CodeScanner]:
    """The scanners named, in that order."""

    def made(driver: str) -> CodeScanner:
        if driver == "serial":
            return SerialScanner(settings.serial_port, opener=lambda path: open_line(serial_port(path)))
        if driver == "hid":
            return HidScanner(settings.hid_device, opener=lambda path: open_keys(keyboard_scanner(path)))
        return OpticalScanner()

    return tuple(made(driver) for driver in settings.use)


def trigger(settings: TriggerSettings) -> Trigger:
    """A foot switch; without one, a trigger that nobody presses."""
    if settings.driver == "gpio":
        return GpioTrigger(settings.pin, settings.pull_up, settings.long_press_s)
    if settings.driver == "keyboard":
        return KeyTrigger(settings.keyboard, settings.long_press_s)
    return StandInTrigger()


def indicator(settings: IndicatorSettings) -> Indicator:
    """A status light; without one, a light that nobody sees."""
    if settings.driver == "gpio":
        return GpioIndicator(LightPins(settings.red, settings.green, settings.blue, settings.buzzer))
    return StandInIndicator()


def power(settings: PowerSettings) -> PowerMonitor:
    """What Linux tells, and the UPS board's battery where there is one."""
    machine = LinuxPower()
    gauges: dict[str, Gauge] = {
        "max17048": Max17048(settings.address),
        "ina219": Ina219(settings.address, settings.cells),
    }
    gauge = gauges.get(settings.ups)
    return machine if gauge is None else UpsPower(machine, gauge, settings.bus)
