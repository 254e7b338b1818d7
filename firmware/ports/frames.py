"""What a camera gives: frames, stills, how each was taken, and which frame may become the still."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from firmware.ports.lamps import LampLevel

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class FrameMetadata:
    """How a frame was taken. `None` where a driver cannot know (a USB camera's gain, say)."""

    exposure_us: float | None = None
    analogue_gain: float | None = None
    colour_gains: tuple[float, float] | None = None  # (red, blue)
    exposure_locked: bool | None = False  # None: asked for, and this camera has no exposure that could be held
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
    exposure_locked: bool | None = False  # None: asked for, and this camera has no exposure that could be held
    in_focus: bool = False

    def accepts(self, frame: Frame) -> bool:
        """Whether `frame` fulfils every demand. Metadata a driver cannot know (`None`) is not held against it, save the lamps."""
        seen = frame.metadata
        return (
            frame.sequence >= self.not_before
            and (self.lamp_level is None or seen.lamp_level == self.lamp_level)
            and (not self.exposure_locked or seen.exposure_locked is not False)
            and (not self.in_focus or seen.in_focus is not False)
        )
