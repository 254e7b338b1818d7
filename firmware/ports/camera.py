"""What a camera promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from firmware.ports.frames import Frame, Still, StillRequirement
from firmware.ports.status import DeviceStatus


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
