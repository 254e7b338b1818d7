"""Which lamps, for a real camera."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from appliance.composition.cameras import NoSuchDriver
from appliance.device_settings import Channel, LampSettings, Pin
from firmware.lamps.driven import DrivenLamps
from firmware.lamps.kernel_pwm import KernelPwmLamps, LampChannels
from firmware.lamps.none import NoLamps
from firmware.lamps.pwm import LampPins, PwmLamps


def real_lamps(settings: LampSettings, temperature: Callable[[], float | None]) -> DrivenLamps | NoLamps:
    """Lamps on pins or channels, or none; `temperature` is of the machine beside them. Raises `NoSuchDriver`."""
    places = (settings.left, settings.right, settings.background)
    if settings.driver in ("auto", "none"):
        return NoLamps()
    if settings.driver == "kernel_pwm":
        channels = LampChannels(*(cast(Channel | None, place) for place in places)) if any(places) else LampChannels()
        return KernelPwmLamps(channels, settings.frequency_hz, temperature=temperature)
    if settings.driver == "pwm":
        pins = LampPins(*(cast(Pin | None, place) for place in places)) if any(places) else LampPins()
        return PwmLamps(pins, settings.frequency_hz, temperature=temperature)
    raise NoSuchDriver(f"devices.lamps.driver: {settings.driver} lights only the replay camera")
