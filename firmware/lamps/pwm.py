"""Lamps on GPIO pins through gpiozero's PWM.

gpiozero times PWM in software unless its pin factory has the hardware do it; above 1 kHz that is steady enough for light but not
for a level that a camera measures. Where the kernel drives the PWM (`dtoverlay=pwm-2chan` and kin), use `lamps.kernel_pwm`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from traceback import clear_frames
from typing import Any

from firmware.claim import fault_of
from firmware.lamps.driven import DrivenLamps, Limits
from firmware.ports import DeviceFault, DeviceUnavailable, LampDrive

LEAST_FREQUENCY = 1000.0  # Hz; slower PWM bands in short exposures


@dataclass(frozen=True, slots=True)
class LampPins:
    """BCM numbers of the lamps' pins; None where there is no such lamp. 12, 13, 18 and 19 can carry hardware PWM."""

    left: int | None = 12
    right: int | None = 13
    background: int | None = 18


class GpioOutput:
    """Three PWM pins. `factory` is a gpiozero pin factory, its default one unless given."""

    def __init__(
        self, pins: LampPins, frequency: float = 2000.0, active_high: bool = True, factory: Any = None
    ) -> None:
        if frequency < LEAST_FREQUENCY:
            raise ValueError(f"a PWM of {frequency:g} Hz flickers in pictures; take {LEAST_FREQUENCY:g} Hz or more")
        self._pins = pins
        self._frequency = frequency
        self._active_high = active_high
        self._factory = factory
        self._devices: dict[str, Any] = {}

    def open(self) -> None:
        """Claim the pins, dark. Raises `DeviceUnavailable`."""
        try:
            from gpiozero import PWMOutputDevice  # noqa: PLC0415 - only machines with pins have it
        except ImportError as error:
            raise DeviceUnavailable(
                "lamps: gpiozero is not installed; type: sudo apt install python3-gpiozero python3-lgpio",
                DeviceFault.NO_LIBRARY,
            ) from error
        for lamp in fields(self._pins):
            pin = getattr(self._pins, lamp.name)
            if pin is None:
                continue
            try:
                self._devices[lamp.name] = PWMOutputDevice(
                    pin,
                    active_high=self._active_high,
                    initial_value=0,
                    frequency=self._frequency,
                    pin_factory=self._factory,
                )
            except Exception as error:  # gpiozero's factories raise errors of many libraries
                clear_frames(error.__traceback__)  # else its half-made device holds the pin against every later try
                raise DeviceUnavailable(
                    f"lamps: pin {pin} ({lamp.name}) cannot be had: {error}", fault_of(error)
                ) from error

    def drive(self, drive: LampDrive) -> None:
        """Duty cycles, each 0 to 1."""
        for name, device in self._devices.items():
            device.value = getattr(drive, name)

    def close(self) -> None:
        """Dark, pins released."""
        while self._devices:
            _, device = self._devices.popitem()
            device.off()
            device.close()


class PwmLamps(DrivenLamps):
    """`Lamps` on GPIO pins."""

    def __init__(
        self,
        pins: LampPins | None = None,
        frequency: float = 2000.0,
        name: str = "lamps",
        limits: Limits | None = None,
        temperature: Callable[[], float | None] = lambda: None,
        factory: Any = None,
    ) -> None:
        super().__init__(GpioOutput(pins or LampPins(), frequency, factory=factory), name, limits, temperature)
