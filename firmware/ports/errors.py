"""How a device fails; the tree is drawn in `firmware.ports`."""

from __future__ import annotations

from enum import StrEnum


class DeviceFault(StrEnum):
    """What a person has to mend; every screen has words for each, in its own language."""

    MISSING = "missing"  # not there, or unplugged
    IN_USE = "in_use"  # another program has it
    SILENT = "silent"  # there, and does not answer in time
    BROKEN_FRAMES = "broken_frames"  # torn, or of another size than agreed
    NO_LIBRARY = "no_library"  # what drives it is not installed
    AMBIGUOUS = "ambiguous"  # several could be it, and the settings name none
    OTHER = "other"


class DeviceError(RuntimeError):
    """A device failed; the message says which, what happened and what to do, `fault` what kind of thing it is."""

    fault = DeviceFault.OTHER

    def __init__(self, message: str = "", fault: DeviceFault | None = None) -> None:
        super().__init__(message)
        if fault is not None:
            self.fault = fault


class DeviceUnavailable(DeviceError):
    """The device is not there, was unplugged, or is held by another process."""

    fault = DeviceFault.MISSING


class DeviceTimeout(DeviceError, TimeoutError):
    """The device is there but did not answer in time."""

    fault = DeviceFault.SILENT


class DeviceRefused(DeviceError, ValueError):
    """The device was asked for something it cannot do."""
