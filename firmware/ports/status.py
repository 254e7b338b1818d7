"""How a device is doing, as the tablet shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from firmware.ports.errors import DeviceFault


class DeviceState(StrEnum):
    """How a device is doing, as the tablet shows it."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """State of one device and, when it fails, what happened and the way out (`advice`).

    `fault` is the kind of what happened, for words in the reader's language; `failures` counts failed openings in a row; `hopeless`
    says that only a new process can have the device again.
    """

    name: str
    state: DeviceState
    detail: str = ""
    advice: str = ""
    failures: int = 0
    hopeless: bool = False
    fault: DeviceFault | None = None
