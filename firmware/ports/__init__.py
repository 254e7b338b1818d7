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

from firmware.ports.camera import Camera, CameraControls
from firmware.ports.clock import Clock, ClockReading
from firmware.ports.errors import DeviceError, DeviceFault, DeviceRefused, DeviceTimeout, DeviceUnavailable
from firmware.ports.frames import Frame, FrameMetadata, Pixels, Still, StillRequirement
from firmware.ports.indicator import Indicator, Pattern
from firmware.ports.lamps import LampDrive, LampLevel, Lamps
from firmware.ports.power import PowerMonitor, PowerReading
from firmware.ports.scanner import CodeScan, CodeScanner, FrameScanner
from firmware.ports.status import DeviceState, DeviceStatus
from firmware.ports.trigger import Trigger, TriggerEvent

__all__ = [
    "Camera",
    "CameraControls",
    "Clock",
    "ClockReading",
    "CodeScan",
    "CodeScanner",
    "DeviceError",
    "DeviceFault",
    "DeviceRefused",
    "DeviceState",
    "DeviceStatus",
    "DeviceTimeout",
    "DeviceUnavailable",
    "Frame",
    "FrameMetadata",
    "FrameScanner",
    "Indicator",
    "LampDrive",
    "LampLevel",
    "Lamps",
    "Pattern",
    "Pixels",
    "PowerMonitor",
    "PowerReading",
    "Still",
    "StillRequirement",
    "Trigger",
    "TriggerEvent",
]
