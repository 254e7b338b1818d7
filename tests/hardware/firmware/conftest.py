"""The contract suite's rigs on what is plugged in at a station; what is not there is skipped, saying so."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from camera_rigs import CameraRig
from lamp_rigs import LampsRig

from firmware.camera.libcamera import LibcameraCamera
from firmware.camera.v4l2 import V4L2Camera
from firmware.lamps.kernel_pwm import PWM_ROOT, KernelPwmLamps
from firmware.lamps.none import NoLamps
from firmware.ports import Camera


@pytest.fixture
def lamps() -> Iterator[KernelPwmLamps | NoLamps]:
    lamps = KernelPwmLamps() if (PWM_ROOT / "pwmchip0").is_dir() else NoLamps()
    lamps.start()
    yield lamps
    lamps.stop()


@pytest.fixture(params=["libcamera", "v4l2"])
def plugged(request: pytest.FixtureRequest, lamps: KernelPwmLamps | NoLamps) -> Iterator[Camera]:
    """A camera that is there, not yet started."""
    if request.param == "libcamera":
        if importlib.util.find_spec("picamera2") is None:
            pytest.skip("picamera2 is not installed: no Raspberry Pi camera here")
        importlib.import_module("picamera2")  # some seconds the first time, which are not the camera's
        camera: Camera = LibcameraCamera(0, lamps.lit_during)
    else:
        if not Path("/dev/video0").exists():
            pytest.skip("no USB camera: /dev/video0 is missing")
        camera = V4L2Camera(0, lamps.lit_during)
    yield camera
    camera.stop()


@pytest.fixture
def camera(plugged: Camera) -> Camera:
    """The same, started."""
    plugged.start()
    return plugged


@pytest.fixture
def camera_rig(plugged: Camera, lamps: KernelPwmLamps | NoLamps) -> CameraRig:
    impossible = {"colour_gains": (2.0, 1.5)} if isinstance(plugged, V4L2Camera) else {"analogue_gain": 1000.0}
    return CameraRig(plugged, lamps, impossible)


@pytest.fixture
def lamps_rig() -> Iterator[LampsRig]:
    if not (PWM_ROOT / "pwmchip0").is_dir():
        pytest.skip("no PWM lamps: /sys/class/pwm/pwmchip0 is missing")
    lamps = KernelPwmLamps()
    yield LampsRig(lamps, lamps.lit_during, None)
    lamps.stop()
