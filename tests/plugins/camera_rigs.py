"""A camera with the lamps that light what it sees."""

from __future__ import annotations

from dataclasses import dataclass, field

from firmware.ports import Camera, Lamps


@dataclass
class CameraRig:
    """A camera and the lamps that light what it sees."""

    camera: Camera
    lamps: Lamps
    impossible: dict[str, object] = field(default_factory=dict)  # a control it must refuse
