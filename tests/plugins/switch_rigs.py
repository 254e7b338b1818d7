"""A trigger with a foot on it; a status light with an eye on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from mock_pins import mock_pins
from scanner_fakes import FakeKeys, Stroke

from firmware.indicator.gpio import GpioIndicator, LightPins
from firmware.ports import Indicator, Pattern, Trigger, TriggerEvent
from firmware.trigger.gpio import GpioTrigger
from firmware.trigger.keys import KeyTrigger


@dataclass
class TriggerRig:
    """A trigger, and a foot."""

    trigger: Trigger
    press: Callable[[TriggerEvent], None]


def foot_switch_rig() -> TriggerRig:
    """A bouncing contact to ground on pin 17."""
    factory = mock_pins()
    trigger = GpioTrigger(17, long_press_s=0.8, factory=factory)

    def press(event: TriggerEvent) -> None:
        pin = factory.pin(17)
        if pin.function != "input" or pin.pull != "up":
            return  # stopped: the foot presses, and nothing listens
        for _ in range(4):
            pin.drive_low()
            pin.drive_high()
        pin.drive_low()
        time.sleep(1.2 if event is TriggerEvent.LONG_PRESS else 0.3)
        pin.drive_high()
        time.sleep(0.2)  # a busy machine samples late: it must still see that the foot was lifted

    return TriggerRig(trigger, press)


def pedal_rig(stack: ExitStack) -> TriggerRig:
    """A USB foot switch that types "b"."""
    keys = FakeKeys()
    stack.callback(keys.stop)
    trigger = KeyTrigger("/dev/input/event7", long_press_s=0.4, opener=keys.open)

    def press(event: TriggerEvent) -> None:
        keys.type([Stroke(48, 1, time.monotonic())])
        time.sleep(0.7 if event is TriggerEvent.LONG_PRESS else 0.12)
        keys.type([Stroke(48, 0, time.monotonic())])
        time.sleep(0.06)

    return TriggerRig(trigger, press)


@dataclass
class IndicatorRig:
    """A status light, and an eye on it."""

    indicator: Indicator
    is_dark: Callable[[], bool]
    shows: Callable[[Pattern], bool]


def pin_light_rig() -> IndicatorRig:
    """Red, green and blue on pins 5, 6 and 26, a buzzer on 16."""
    factory = mock_pins()
    light = GpioIndicator(LightPins(red=5, green=6, blue=26, buzzer=16), factory=factory)

    def is_dark() -> bool:
        return not any(factory.pin(pin).state for pin in (5, 6, 26, 16) if factory.pin(pin).function == "output")

    return IndicatorRig(light, is_dark, light.wait_shown)
