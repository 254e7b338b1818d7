"""Which camera."""

from __future__ import annotations

import importlib.util

from appliance.device_settings import CameraSettings
from firmware.camera.feed import Lit
from firmware.camera.libcamera import LibcameraCamera
from firmware.camera.v4l2 import V4L2Camera
from firmware.ports import Camera


class NoSuchDriver(ValueError):
    """A driver that does not fit the machine or the other settings; the message names the key."""


def real_camera(settings: CameraSettings, lit: Lit) -> Camera:
    """A real camera; `lit` tells which lamp level lit a stretch of time. Raises `NoSuchDriver`."""
    driver = settings.driver
    if driver == "auto":
        driver = "picamera2" if importlib.util.find_spec("picamera2") is not None else "v4l2"
    if driver == "picamera2":
        if not isinstance(settings.device, int):
            raise NoSuchDriver(
                f"devices.camera.device: picamera2 counts its cameras from 0, {settings.device!r} is no number"
            )
        return LibcameraCamera(settings.device, lit, settings.upside_down)
    if driver == "v4l2":
        if settings.upside_down:
            raise NoSuchDriver(
                "devices.camera.upside_down: only picamera2 turns the picture; mount a USB camera upright"
            )
        return V4L2Camera(settings.device, lit)
    raise NoSuchDriver(f"devices.camera.driver: {driver} is no real camera; take v4l2, picamera2 or auto")
