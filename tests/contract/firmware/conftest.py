"""Rigs: every driver with what it needs around it. A new driver is added here, and the suite must pass unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np
import pytest
from camera_rigs import CameraRig
from lamp_rigs import LampsRig, kernel_pwm_rig, pwm_rig
from picamera_fake import FakePicamera
from scanner_fakes import FakeGm65, FakeKeys
from scanner_rigs import Hands, ScannerRig
from switch_rigs import IndicatorRig, TriggerRig, foot_switch_rig, pedal_rig, pin_light_rig
from webcam_fake import FakeWebcam

from firmware.camera.libcamera import LibcameraCamera
from firmware.camera.replay import ReplayCamera
from firmware.camera.v4l2 import V4L2Camera
from firmware.indicator.standin import StandInIndicator
from firmware.lamps.none import NoLamps
from firmware.lamps.scene import SceneLamps
from firmware.ports import Pattern
from firmware.scanner.hid import HidScanner
from firmware.scanner.optical import OpticalScanner
from firmware.scanner.serial import SerialScanner
from firmware.scene import Scene
from firmware.trigger.standin import StandInTrigger

STILL = (1280, 960)  # smaller than a real sensor's, so that the suite stays quick


@pytest.fixture(scope="session")
def portrait() -> np.ndarray:
    """A drawn head and shoulders before a wall: no promise of a driver depends on a real face."""
    picture = np.full((675, 675, 3), (205, 206, 208), np.uint8)
    cv2.ellipse(picture, (337, 640), (260, 190), 0, 0, 360, (90, 70, 60), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (337, 320), (110, 150), 0, 0, 360, (150, 175, 215), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (337, 240), (118, 100), 0, 180, 360, (40, 45, 50), -1, cv2.LINE_AA)
    for x in (295, 380):
        cv2.circle(picture, (x, 310), 9, (30, 30, 30), -1, cv2.LINE_AA)
    return picture


@pytest.fixture
def fake_webcam(portrait: np.ndarray) -> FakeWebcam:
    return FakeWebcam(cv2.resize(portrait, (1280, 720)))


@pytest.fixture(params=["replay", "v4l2", "libcamera"])
def camera_rig(request: pytest.FixtureRequest, portrait: np.ndarray, fake_webcam: FakeWebcam) -> Iterator[CameraRig]:
    with ExitStack() as stack:
        if request.param == "replay":
            scene = Scene(still_size=STILL)
            stack.callback(scene.close)
            scene.show_person(portrait)
            assert scene.wait_settled()
            rig = CameraRig(ReplayCamera(scene), SceneLamps(scene), {"exposure_us": 5e6})
        elif request.param == "libcamera":
            pi, room_light = FakePicamera(cv2.resize(portrait, (1280, 960))), NoLamps()
            rig = CameraRig(
                LibcameraCamera(0, room_light.lit_during, opener=pi.open), room_light, {"analogue_gain": 100.0}
            )
        else:
            no_lamps = NoLamps()
            rig = CameraRig(
                V4L2Camera(0, no_lamps.lit_during, opener=fake_webcam.open), no_lamps, {"colour_gains": (2.0, 1.5)}
            )
        rig.lamps.start()
        stack.callback(rig.lamps.stop)
        stack.callback(rig.camera.stop)
        yield rig


@pytest.fixture(params=["scene", "none", "pwm", "kernel_pwm"])
def lamps_rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LampsRig]:
    with ExitStack() as stack:
        if request.param == "scene":
            scene = Scene(still_size=STILL)
            stack.callback(scene.close)
            burning = SceneLamps(scene)
            rig = LampsRig(burning, burning.lit_during, lambda: scene.look()[1])
        elif request.param == "pwm":
            rig = pwm_rig()
        elif request.param == "kernel_pwm":
            rig = kernel_pwm_rig(tmp_path)
        else:
            absent = NoLamps()
            rig = LampsRig(absent, absent.lit_during, None)
        stack.callback(rig.lamps.stop)
        yield rig


@pytest.fixture(params=["optical", "serial", "hid"])
def scanner_rig(request: pytest.FixtureRequest) -> Iterator[ScannerRig]:
    with ExitStack() as stack:
        if request.param == "serial":
            pytest.importorskip("serial", reason="pyserial is installed on stations only")
            gm65 = FakeGm65()
            stack.callback(gm65.unplug)
            serial = SerialScanner(gm65.path, gone_after=0.6)
            stack.callback(serial.stop)
            yield ScannerRig(serial, gm65.hold, gm65.take_away, gone_after=0.6)
            return
        if request.param == "hid":
            keys = FakeKeys()
            stack.callback(keys.stop)
            hid = HidScanner("/dev/input/event9", opener=keys.open, gone_after=0.6)
            stack.callback(hid.stop)
            yield ScannerRig(hid, keys.hold, keys.take_away, gone_after=0.6)
            return
        optical = OpticalScanner(gone_after=0.6)
        hands = Hands(optical)
        stack.callback(optical.stop)
        stack.callback(hands.stop)
        yield ScannerRig(optical, hands.hold, hands.take_away, gone_after=0.6)


@pytest.fixture(params=["standin", "gpio", "keyboard"])
def trigger_rig(request: pytest.FixtureRequest) -> Iterator[TriggerRig]:
    stack = ExitStack()
    if request.param == "gpio":
        rig = foot_switch_rig()
    elif request.param == "keyboard":
        rig = pedal_rig(stack)
    else:
        standin = StandInTrigger()
        rig = TriggerRig(standin, standin.press)
    with stack:
        yield rig
        rig.trigger.stop()


@pytest.fixture(params=["standin", "gpio"])
def indicator_rig(request: pytest.FixtureRequest) -> Iterator[IndicatorRig]:
    if request.param == "gpio":
        rig = pin_light_rig()
    else:
        standin = StandInIndicator()
        rig = IndicatorRig(standin, lambda: standin.showing is Pattern.DARK, lambda p: standin.showing is p)
    yield rig
    rig.indicator.stop()


@pytest.fixture
def empty_root(tmp_path: Path) -> Path:
    """A machine that tells nothing."""
    return tmp_path
