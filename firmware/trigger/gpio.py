"""A foot switch or shutter button on a GPIO pin, through gpiozero.

The contact is sampled, not waited for: long cables beside lamps catch spikes that an edge would take for a press.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from traceback import clear_frames
from typing import Any

from firmware.claim import fault_of
from firmware.ports import DeviceFault, DeviceStatus, DeviceUnavailable, TriggerEvent
from firmware.trigger.debounce import Debounce
from firmware.worker import Worker

SAMPLE = 0.005  # seconds


class _Contact:
    """The claimed pin, in the trigger's owner thread."""

    def __init__(self, trigger: GpioTrigger, pin: int, pull_up: bool, factory: Any, debounce: Debounce) -> None:
        self._trigger = trigger
        self._pin = pin
        self._pull_up = pull_up
        self._factory = factory
        self._debounce = debounce
        self._input: Any = None

    def open(self) -> None:
        try:
            from gpiozero import DigitalInputDevice  # noqa: PLC0415 - only machines with pins have it
        except ImportError as error:
            raise DeviceUnavailable(
                "trigger: gpiozero is not installed; type: sudo apt install python3-gpiozero python3-lgpio",
                DeviceFault.NO_LIBRARY,
            ) from error
        try:
            self._input = DigitalInputDevice(self._pin, pull_up=self._pull_up, pin_factory=self._factory)
        except Exception as error:  # gpiozero's factories raise errors of many libraries
            clear_frames(error.__traceback__)  # else its half-made device holds the pin against every later try
            raise DeviceUnavailable(f"trigger: pin {self._pin} cannot be had: {error}", fault_of(error)) from error

    def step(self) -> float:
        event = self._debounce.sample(bool(self._input.value), time.monotonic())
        if event is not None:
            self._trigger.tell(event)
        return SAMPLE

    def close(self) -> None:
        if self._input is not None:
            self._input.close()
            self._input = None


class GpioTrigger:
    """A `Trigger` on a pin; the contact pulls it to ground (`pull_up`) or to 3.3 V."""

    def __init__(
        self,
        pin: int,
        pull_up: bool = True,
        long_press_s: float | None = 1.5,
        name: str = "trigger",
        factory: Any = None,
    ) -> None:
        self._name = name
        self._lock = threading.RLock()
        self._listener: Callable[[TriggerEvent], None] | None = None
        self._worker: Worker[_Contact] = Worker(
            name, lambda: _Contact(self, pin, pull_up, factory, Debounce(long_press_s=long_press_s))
        )

    def start(self, listener: Callable[[TriggerEvent], None]) -> None:
        """Begin to listen. Raises `DeviceUnavailable` when the pin cannot be had now; it goes on trying."""
        with self._lock:
            if self._listener is not None:
                return
            self._listener = listener
        self._worker.start()
        self._worker.wait_open(2.0)

    def stop(self) -> None:
        """Stop; no call to the listener happens after this returns."""
        with self._lock:
            self._listener = None
        self._worker.stop()

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Trigger`."""
        return self._worker.status("Check the foot switch's plug and that no other program uses its pin.")

    def tell(self, event: TriggerEvent) -> None:
        """A press was recognised. Called by the owner thread."""
        with self._lock:
            if self._listener is not None:
                self._listener(event)
