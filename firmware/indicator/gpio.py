"""A status light on GPIO pins (one colour or three) and, where there is one, a buzzer, through gpiozero."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from traceback import clear_frames
from typing import Any

from firmware.claim import fault_of
from firmware.indicator.rhythms import RHYTHMS, Rhythm
from firmware.ports import DeviceFault, DeviceStatus, DeviceUnavailable, Pattern
from firmware.worker import Worker

TICK = 0.05  # seconds between two looks at a blinking light
REST = 0.5  # seconds between two looks at a steady one
BEEP, SILENCE = 0.08, 0.12  # seconds


@dataclass(frozen=True, slots=True)
class LightPins:
    """BCM numbers; a light of one colour has only `red`, whatever its colour is."""

    red: int
    green: int | None = None
    blue: int | None = None
    buzzer: int | None = None


class _Light:
    """The claimed pins, in the indicator's owner thread."""

    def __init__(self, indicator: GpioIndicator, pins: LightPins, factory: Any) -> None:
        self._indicator = indicator
        self._pins = pins
        self._factory = factory
        self._lamps: list[Any] = []
        self._buzzer: Any = None

    def open(self) -> None:
        try:
            from gpiozero import DigitalOutputDevice  # noqa: PLC0415 - only machines with pins have it
        except ImportError as error:
            raise DeviceUnavailable(
                "indicator: gpiozero is not installed; type: sudo apt install python3-gpiozero python3-lgpio",
                DeviceFault.NO_LIBRARY,
            ) from error
        try:
            for pin in (self._pins.red, self._pins.green, self._pins.blue):
                if pin is not None:
                    self._lamps.append(DigitalOutputDevice(pin, pin_factory=self._factory))
            if self._pins.buzzer is not None:
                self._buzzer = DigitalOutputDevice(self._pins.buzzer, pin_factory=self._factory)
        except Exception as error:  # gpiozero's factories raise errors of many libraries
            clear_frames(error.__traceback__)  # else its half-made device holds the pin against every later try
            raise DeviceUnavailable(f"indicator: its pins cannot be had: {error}", fault_of(error)) from error

    def step(self) -> float:
        pattern, since = self._indicator.asked()
        rhythm, elapsed = RHYTHMS[pattern], time.monotonic() - since
        lit = rhythm.lit(elapsed)
        for lamp, share in zip(self._lamps, self._shares(rhythm), strict=True):
            lamp.value = lit and share > 0
        beeping = rhythm.beeps * (BEEP + SILENCE) > elapsed
        if self._buzzer is not None:
            self._buzzer.value = beeping and elapsed % (BEEP + SILENCE) < BEEP
        self._indicator.shown(pattern)
        return TICK if rhythm.blinks or beeping else REST

    def close(self) -> None:
        devices, self._lamps = [*self._lamps, self._buzzer], []
        self._buzzer = None
        for device in devices:
            if device is not None:
                device.off()
                device.close()

    def _shares(self, rhythm: Rhythm) -> tuple[float, ...]:
        """What each pin shows: its own colour, or, where there is one pin, whether anything is shown at all."""
        return rhythm.colour[: len(self._lamps)] if len(self._lamps) > 1 else (max(rhythm.colour),)


class GpioIndicator:
    """An `Indicator` on pins. Two-colour lights are red and green."""

    def __init__(self, pins: LightPins, name: str = "indicator", factory: Any = None) -> None:
        self._name = name
        self._lock = threading.Condition()
        self._asked: tuple[Pattern, float] = (Pattern.DARK, 0.0)
        self._shown: Pattern | None = None
        self._running = False
        self._worker: Worker[_Light] = Worker(name, lambda: _Light(self, pins, factory))

    def start(self) -> None:
        """Claim the light, dark. Raises `DeviceUnavailable` when its pins cannot be had now; it goes on trying."""
        with self._lock:
            if self._running:
                return
            self._running, self._asked = True, (Pattern.DARK, time.monotonic())
        self._worker.start()
        self._worker.wait_open(2.0)

    def stop(self) -> None:
        """Dark, released."""
        with self._lock:
            self._running, self._shown = False, None
        self._worker.stop()

    def show(self, pattern: Pattern) -> None:
        """See `firmware.ports.Indicator`. Raises `DeviceUnavailable` before `start()`."""
        with self._lock:
            if not self._running:
                raise DeviceUnavailable(f"{self._name} is stopped; start it first")
            if pattern is not self._asked[0]:
                self._asked = (pattern, time.monotonic())
        self._worker.wake()

    def wait_shown(self, pattern: Pattern, timeout: float = 1.0) -> bool:
        """Wait until the light shows `pattern`."""
        with self._lock:
            return self._lock.wait_for(lambda: self._shown is pattern, timeout)

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Indicator`."""
        return self._worker.status("Check the status light's wiring and that no other program uses its pins.")

    def asked(self) -> tuple[Pattern, float]:
        """The pattern to show, and since when. Called by the owner thread."""
        with self._lock:
            return self._asked

    def shown(self, pattern: Pattern) -> None:
        """The pins show `pattern`. Called by the owner thread."""
        with self._lock:
            self._shown = pattern
            self._lock.notify_all()
