"""What the station may expect of its devices, and nothing about how they do it.

Every driver, real or stand-in, keeps these promises; `tests/contract` runs one suite over all of them.
Only the composition root (`appliance/composition`) knows which driver stands behind a port.

Conventions
-----------
* Pixels are `uint8`, shape `(height, width, 3)`, colour order **BGR** (OpenCV's, so that full frames are never converted),
  sRGB, upright and never mirrored, C-contiguous and read-only.
* Times called `*_at` are seconds on the system's monotonic clock (`time.monotonic()`); they order and measure, they are no dates.
* Calls block the caller at most `timeout` seconds; listeners are called from the device's own thread and must return at once.
* `start()` and `stop()` may each be called twice; the second call does nothing.

Errors
------
DeviceError(RuntimeError)
├── DeviceUnavailable     not there, unplugged, held by another process
├── DeviceTimeout(TimeoutError)   there, but did not answer in time
└── DeviceRefused(ValueError)     asked for what it cannot do (level out of range, unknown control)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


class DeviceError(RuntimeError):
    """A device failed; the message says which, what happened and what to do."""


class DeviceUnavailable(DeviceError):
    """The device is not there, was unplugged, or is held by another process."""


class DeviceTimeout(DeviceError, TimeoutError):
    """The device is there but did not answer in time."""


class DeviceRefused(DeviceError, ValueError):
    """The device was asked for something it cannot do."""


class DeviceState(StrEnum):
    """How a device is doing, as the tablet shows it."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """State of one device and, when it fails, what happened and the way out (`advice`).

    `failures` counts failed openings in a row; `hopeless` says that only a new process can have the device again.
    """

    name: str
    state: DeviceState
    detail: str = ""
    advice: str = ""
    failures: int = 0
    hopeless: bool = False


class LampLevel(StrEnum):
    """The three levels a lamp knows; what each means in drive is calibration."""

    OFF = "off"
    FRAMING = "framing"
    SHOT = "shot"


@dataclass(frozen=True, slots=True)
class FrameMetadata:
    """How a frame was taken. `None` where a driver cannot know (a USB camera's gain, say)."""

    exposure_us: float | None = None
    analogue_gain: float | None = None
    colour_gains: tuple[float, float] | None = None  # (red, blue)
    exposure_locked: bool = False
    in_focus: bool | None = None
    lamp_level: LampLevel | None = None  # the level that lit the whole exposure


@dataclass(frozen=True, slots=True)
class Frame:
    """One preview frame, and how it was taken.

    `sequence` counts the sensor's frames since the camera was started, so the preview and the still of one exposure share it.
    """

    pixels: Pixels
    sequence: int
    captured_at: float
    metadata: FrameMetadata = field(default_factory=FrameMetadata)


@dataclass(frozen=True, slots=True)
class Still:
    """A full-resolution picture together with the preview frame of the very same exposure."""

    pixels: Pixels
    preview: Frame

    @property
    def sequence(self) -> int:
        """The sensor frame it is."""
        return self.preview.sequence


@dataclass(frozen=True, slots=True)
class StillRequirement:
    """Which frame may become the still: accepted by its metadata, never by having waited long enough."""

    not_before: int = 0  # sequence of the frame that guidance judged; that frame itself is allowed
    lamp_level: LampLevel | None = None
    exposure_locked: bool = False
    in_focus: bool = False

    def accepts(self, frame: Frame) -> bool:
        """Whether `frame` fulfils every demand. Metadata a driver cannot know (`None`) is not held against it, save the lamps."""
        seen = frame.metadata
        return (
            frame.sequence >= self.not_before
            and (self.lamp_level is None or seen.lamp_level == self.lamp_level)
            and (not self.exposure_locked or seen.exposure_locked)
            and (not self.in_focus or seen.in_focus is not False)
        )


@dataclass(frozen=True, slots=True)
class CameraControls:
    """Camera settings; a field left `None` stays as it is. Automatic exposure runs unless locked or given in figures."""

    exposure_locked: bool | None = None
    exposure_us: float | None = None
    analogue_gain: float | None = None
    colour_gains: tuple[float, float] | None = None
    focus_locked: bool | None = None


@runtime_checkable
class Camera(Protocol):
    """A camera in one configuration: full-resolution stills and a low-resolution preview of the same exposures."""

    @property
    def still_size(self) -> tuple[int, int]:
        """(width, height) of a still, pixels."""
        ...

    @property
    def preview_size(self) -> tuple[int, int]:
        """(width, height) of a preview frame, pixels."""
        ...

    def start(self) -> None:
        """Begin to deliver frames. Raises `DeviceUnavailable`."""
        ...

    def stop(self) -> None:
        """Stop, release the device, wake everybody who waits with `DeviceUnavailable`."""
        ...

    def next_preview(self, after: int = -1, timeout: float = 2.0) -> Frame:
        """The newest preview frame with `sequence > after`; frames nobody asked for are dropped, never queued.

        Raises `DeviceTimeout`, `DeviceUnavailable`.
        """
        ...

    def capture(self, requirement: StillRequirement, timeout: float = 3.0) -> Still:
        """The first frame that fulfils `requirement`, in full resolution. Raises `DeviceTimeout`, `DeviceUnavailable`."""
        ...

    def control(self, controls: CameraControls) -> None:
        """Ask for settings; they act some frames later, which only the frames' metadata tells. Raises `DeviceRefused`."""
        ...

    def status(self) -> DeviceStatus:
        """How the camera is doing now; never blocks."""
        ...


@dataclass(frozen=True, slots=True)
class LampDrive:
    """Drive of each lamp, 0 (dark) to 1 (full)."""

    left: float = 0.0
    right: float = 0.0
    background: float = 0.0


@runtime_checkable
class Lamps(Protocol):
    """Two key lamps and a background lamp. They are dark before `start()`, after `stop()`, and when the process dies."""

    def start(self) -> None:
        """Claim the pins, dark. Raises `DeviceUnavailable`."""
        ...

    def stop(self) -> None:
        """Dark, pins released."""
        ...

    def calibrate(self, level: LampLevel, drive: LampDrive) -> None:
        """Say what `level` means from now on. Raises `DeviceRefused` outside 0 to 1, or for a lit `OFF`."""
        ...

    def set_level(self, level: LampLevel) -> None:
        """Go to a level. Raises `DeviceUnavailable` before `start()`."""
        ...

    @property
    def level(self) -> LampLevel:
        """The level last asked for."""
        ...

    @property
    def drive(self) -> LampDrive:
        """What the lamps are driven with now."""
        ...

    def status(self) -> DeviceStatus:
        """How the lamps are doing now; never blocks."""
        ...


@dataclass(frozen=True, slots=True)
class CodeScan:
    """A code that a scanner read, or saw without being able to read it (`payload is None`)."""

    payload: str | None
    scanner: str
    scanned_at: float


@runtime_checkable
class CodeScanner(Protocol):
    """A reader of capture codes. One code held up is one scan, however often it is seen."""

    def start(self, listener: Callable[[CodeScan], None]) -> None:
        """Begin to read; each scan goes to `listener`. Raises `DeviceUnavailable`."""
        ...

    def stop(self) -> None:
        """Stop reading; no call to the listener happens after this returns."""
        ...

    def forget(self) -> None:
        """Treat the next sight of any code as a new scan (a new visit begins)."""
        ...

    def status(self) -> DeviceStatus:
        """How the scanner is doing now; never blocks."""
        ...


@runtime_checkable
class FrameScanner(CodeScanner, Protocol):
    """A scanner that reads codes in camera frames offered to it."""

    def offer(self, frame: Frame) -> None:
        """Look at `frame` when there is time for it; returns at once, keeps at most the newest frame."""
        ...


class TriggerEvent(StrEnum):
    """What a foot switch or shutter button says."""

    PRESS = "press"
    LONG_PRESS = "long_press"


@runtime_checkable
class Trigger(Protocol):
    """A foot switch or shutter button, debounced."""

    def start(self, listener: Callable[[TriggerEvent], None]) -> None:
        """Begin to listen. Raises `DeviceUnavailable`."""
        ...

    def stop(self) -> None:
        """Stop; no call to the listener happens after this returns."""
        ...

    def status(self) -> DeviceStatus:
        """How the trigger is doing now; never blocks."""
        ...


class Pattern(StrEnum):
    """What the status light shows."""

    DARK = "dark"
    READY = "ready"
    JUDGING = "judging"
    ATTENTION = "attention"
    FAULT = "fault"


@runtime_checkable
class Indicator(Protocol):
    """The status light."""

    def start(self) -> None:
        """Claim the light, dark. Raises `DeviceUnavailable`."""
        ...

    def stop(self) -> None:
        """Dark, released."""
        ...

    def show(self, pattern: Pattern) -> None:
        """Show `pattern` until told otherwise; returns at once."""
        ...

    def status(self) -> DeviceStatus:
        """How the light is doing now; never blocks."""
        ...


@dataclass(frozen=True, slots=True)
class PowerReading:
    """Power and heat; `None` where the machine does not tell. `fault` says what should have told and did not."""

    undervoltage: bool | None = None
    throttled: bool | None = None
    temperature_c: float | None = None
    battery_percent: float | None = None
    on_battery: bool | None = None
    battery_volts: float | None = None
    fault: str = ""


@runtime_checkable
class PowerMonitor(Protocol):
    """Supply, heat and battery."""

    def read(self) -> PowerReading:
        """The present reading; at most some milliseconds. Raises `DeviceUnavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class ClockReading:
    """Wall-clock time and whether anything vouches for it (`trusted`): NTP, an RTC, the platform's Date header."""

    utc: datetime
    trusted: bool
    boot_id: str


@runtime_checkable
class Clock(Protocol):
    """The station's clock. Waits and order use `monotonic`; dates are only ever shown and recorded."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start, never going back within one boot."""
        ...

    def read(self) -> ClockReading:
        """Date and time in UTC, with the trust it deserves."""
        ...
