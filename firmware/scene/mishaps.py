"""What goes wrong in the stand-in's world: a camera that hangs, comes unplugged or has its cap on, lamps that fail."""

from __future__ import annotations

import threading
from enum import StrEnum

from firmware.ports import DeviceUnavailable, LampDrive


class CameraMishap(StrEnum):
    """What is the matter with the camera."""

    NONE = "works"
    HANGS = "hangs"
    UNPLUGGED = "unplugged"
    CAPPED = "capped"


class Mishaps:
    """What is wrong now; safe to use from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._camera = CameraMishap.NONE
        self._dead: frozenset[str] = frozenset()

    @property
    def camera(self) -> CameraMishap:
        """What is the matter with the camera."""
        with self._changed:
            return self._camera

    def befall_camera(self, mishap: CameraMishap) -> None:
        """From now on."""
        with self._changed:
            self._camera = mishap
            self._changed.notify_all()

    def fail_lamp(self, name: str, *, dead: bool) -> None:
        """The lamp `left`, `right` or `background` fails, or burns again. Raises `ValueError` for any other."""
        if name not in ("left", "right", "background"):
            raise ValueError(f"there is no lamp {name!r}; there are left, right and background")
        with self._changed:
            self._dead = self._dead | {name} if dead else self._dead - {name}

    def let_through(self, drive: LampDrive) -> LampDrive:
        """What burns of a drive."""
        with self._changed:
            dead = self._dead
        return LampDrive(*(0.0 if name in dead else getattr(drive, name) for name in ("left", "right", "background")))

    def expose(self) -> None:
        """Called for each frame by the camera: hangs while it hangs. Raises `DeviceUnavailable` while unplugged."""
        with self._changed:
            hung = self._camera is CameraMishap.HANGS
            self._changed.wait_for(lambda: self._camera is not CameraMishap.HANGS)
            if self._camera is CameraMishap.UNPLUGGED:
                raise DeviceUnavailable("camera: the stand-in's cable is out; the simulation puts it back")
            if hung:
                raise DeviceUnavailable("camera: it hung and answers again; it is opened anew")
