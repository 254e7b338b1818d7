"""Which driver stands behind each port: the `[devices]` part of the settings file, one table a device.

[devices.camera]
driver = "picamera2"

[devices.lamps]
driver = "kernel_pwm"
left = [0, 0]          # chip and channel
right = [0, 1]

[devices.scanners]
use = ["optical", "serial"]
serial_port = "auto"
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

CameraDriver = Literal["replay", "v4l2", "picamera2", "auto"]
LampsDriver = Literal["auto", "none", "scene", "pwm", "kernel_pwm"]
ScannerDriver = Literal["optical", "serial", "hid"]
TriggerDriver = Literal["none", "gpio", "keyboard"]
IndicatorDriver = Literal["none", "gpio"]
UpsChip = Literal["none", "max17048", "ina219"]

Pin = int  # BCM number
HIGHEST_PIN = 27  # of a Pi's 40-pin header
Channel = tuple[int, int]  # (chip, channel) as in /sys/class/pwm/pwmchip0/pwm1


class _Part(BaseModel):
    """Unknown keys are an error, so that a misspelt one does not vanish."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CameraSettings(_Part):
    """`auto` takes a Pi's camera where picamera2 is installed, else a USB camera; never the stand-in."""

    driver: CameraDriver = "replay"
    device: int | str = Field(default=0, description="number of the camera, or path of a USB camera")
    upside_down: bool = Field(default=False, description="the Pi camera hangs head down")


class LampSettings(_Part):
    """`auto` is the scene's lamps for the replay camera, and none for a real one: pins must be named to be driven."""

    driver: LampsDriver = "auto"
    frequency_hz: float = Field(default=2000.0, ge=1000.0, le=25000.0, description="below 1 kHz short exposures band")
    left: Channel | Pin | None = None
    right: Channel | Pin | None = None
    background: Channel | Pin | None = None

    @model_validator(mode="after")
    def _fits_driver(self) -> Self:
        given = {name: getattr(self, name) for name in ("left", "right", "background")}
        for name, place in given.items():
            if place is None:
                continue
            if self.driver == "pwm" and not (isinstance(place, int) and 0 <= place <= HIGHEST_PIN):
                raise ValueError(f"{name}: with driver pwm a lamp is a BCM pin number 0 to {HIGHEST_PIN}, not {place}")
            if self.driver == "kernel_pwm" and isinstance(place, int):
                raise ValueError(f"{name}: with driver kernel_pwm a lamp is [chip, channel], not {place}")
            if self.driver in ("auto", "none", "scene"):
                raise ValueError(f"{name}: driver {self.driver} has no pins; set driver to pwm or kernel_pwm")
        places = [place for place in given.values() if place is not None]
        if len(set(places)) < len(places):
            raise ValueError(f"two lamps share one pin or channel: {places}")
        return self


class ScannerSettings(_Part):
    """Any mix of scanners at once."""

    use: tuple[ScannerDriver, ...] = ("optical",)
    serial_port: str = Field(default="auto", description="path such as /dev/serial/by-id/...; auto takes the only one")
    hid_device: str = Field(default="auto", description="path such as /dev/input/by-id/...-event-kbd; auto finds it")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if not self.use:
            raise ValueError("use: a station without any scanner reads no capture code; name optical, serial or hid")
        if len(set(self.use)) < len(self.use):
            raise ValueError(f"use: each scanner once, not {list(self.use)}")
        return self


class TriggerSettings(_Part):
    """Foot switch or shutter button; without one the tablet's shutter button remains."""

    driver: TriggerDriver = "none"
    pin: Pin = Field(default=17, ge=0, le=HIGHEST_PIN)
    pull_up: bool = Field(default=True, description="the contact pulls to ground")
    long_press_s: float = Field(default=1.5, ge=0.3, le=10.0)
    keyboard: str = Field(default="auto", description="path of a USB foot switch that types a key")


class IndicatorSettings(_Part):
    """Status light; a light of one colour has only `red`."""

    driver: IndicatorDriver = "none"
    red: Pin = Field(default=5, ge=0, le=HIGHEST_PIN)
    green: Pin | None = Field(default=None, ge=0, le=HIGHEST_PIN)
    blue: Pin | None = Field(default=None, ge=0, le=HIGHEST_PIN)
    buzzer: Pin | None = Field(default=None, ge=0, le=HIGHEST_PIN)


class PowerSettings(_Part):
    """A UPS board over I2C, beside what Linux tells of supply and heat."""

    ups: UpsChip = "none"
    bus: int = Field(default=1, ge=0, description="number of /dev/i2c-N")
    address: int | None = Field(default=None, ge=0x03, le=0x77, description="the chip's usual one unless given")
    cells: int = Field(default=1, ge=1, le=4, description="lithium cells in series, for ina219")
    shutdown_percent: float = Field(default=8.0, ge=2.0, le=50.0)


class DeviceSettings(_Part):
    """Every device of one station."""

    camera: CameraSettings = CameraSettings()
    lamps: LampSettings = LampSettings()
    scanners: ScannerSettings = ScannerSettings()
    trigger: TriggerSettings = TriggerSettings()
    indicator: IndicatorSettings = IndicatorSettings()
    power: PowerSettings = PowerSettings()

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.lamps.driver == "scene" and self.camera.driver != "replay":
            raise ValueError(
                f"lamps.driver: scene lights only the replay camera, not {self.camera.driver}; take none, pwm or kernel_pwm"
            )
        pins = self._pins()
        for pin, users in pins.items():
            if len(users) > 1:
                raise ValueError(f"pin {pin} is wanted by {' and '.join(users)}; each needs its own")
        return self

    def _pins(self) -> dict[int, list[str]]:
        """BCM pin to the keys that want it."""
        wanted: dict[int, list[str]] = {}
        lamps, light = self.lamps, self.indicator
        candidates: dict[str, object] = {}
        if lamps.driver == "pwm":
            candidates |= {f"lamps.{name}": getattr(lamps, name) for name in ("left", "right", "background")}
        if self.trigger.driver == "gpio":
            candidates["trigger.pin"] = self.trigger.pin
        if light.driver == "gpio":
            candidates |= {f"indicator.{name}": getattr(light, name) for name in ("red", "green", "blue", "buzzer")}
        for key, pin in candidates.items():
            if isinstance(pin, int):
                wanted.setdefault(pin, []).append(key)
        return wanted
