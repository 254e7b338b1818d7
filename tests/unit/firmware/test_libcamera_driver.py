"""The Pi camera's driver against picamera2's rules: buffers, late controls, a hang, a pulled cable."""

from __future__ import annotations

import sys
import time

import cv2
import numpy as np
import pytest
from picamera_fake import FakePicamera

from firmware.camera.libcamera import LibcameraCamera, open_picamera
from firmware.camera.picamera import BUFFERS, exposed_during, preview_of
from firmware.lamps.none import NoLamps
from firmware.ports import (
    CameraControls,
    DeviceError,
    DeviceFault,
    DeviceRefused,
    DeviceState,
    DeviceUnavailable,
    StillRequirement,
)


@pytest.fixture
def pi():
    gradient = np.zeros((720, 960, 3), np.uint8)
    gradient[..., 0] = np.linspace(40, 200, 960).astype(np.uint8)[None, :]
    gradient[..., 1] = 128
    gradient[..., 2] = np.linspace(60, 220, 720).astype(np.uint8)[:, None]
    return FakePicamera(gradient)


@pytest.fixture
def camera(pi):
    lamps = NoLamps()
    lamps.start()
    camera = LibcameraCamera(0, lamps.lit_during, opener=pi.open)
    yield camera
    pi.hanging.clear()
    camera.stop()


def test_one_configuration_for_everything_and_nothing_retouched(camera, pi):
    camera.start()
    camera.next_preview()
    assert pi.configuration["main"]["size"] == (960, 720)
    assert pi.configuration["lores"]["size"] == (640, 480)
    assert pi.configuration["controls"]["NoiseReductionMode"] == 0
    assert pi.configuration["queue"] is False
    camera.capture(StillRequirement())
    assert pi.opened == 1


def test_colours_and_padding_come_out_right(camera, pi):
    camera.start()
    still = camera.capture(StillRequirement())
    assert np.abs(still.pixels.astype(int) - pi.picture.astype(int)).max() <= 6
    wanted = cv2.resize(pi.picture, (640, 480), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(still.preview.pixels.astype(int) - wanted).max() <= 6


def test_upside_down_is_put_upright(pi):
    camera = LibcameraCamera(0, upside_down=True, opener=pi.open)
    camera.start()
    turned = camera.capture(StillRequirement()).pixels
    camera.stop()
    assert np.abs(turned.astype(int) - pi.picture[::-1, ::-1].astype(int)).max() <= 6


def test_buffers_never_run_out_and_all_come_back(camera, pi):
    camera.start()
    last = -1
    for _ in range(15):
        last = camera.capture(StillRequirement(not_before=last + 1)).sequence
    assert pi.most_held < BUFFERS
    camera.stop()
    assert pi.held == 0
    assert pi.closed == 1


def test_figures_count_as_locked_only_when_the_sensor_has_them(camera, pi):
    camera.start()
    camera.next_preview(after=10)
    camera.control(CameraControls(exposure_us=4000.0, analogue_gain=2.0, colour_gains=(1.9, 1.6)))
    still = camera.capture(StillRequirement(exposure_locked=True))
    assert still.preview.metadata.exposure_us == 4000
    assert still.preview.metadata.colour_gains == (1.9, 1.6)
    camera.control(CameraControls(exposure_locked=False))
    time.sleep(0.3)
    assert pi.settings["AeEnable"] is True


def test_a_lock_freezes_exposure_and_white_balance(camera, pi):
    camera.start()
    camera.control(CameraControls(exposure_locked=True, focus_locked=True))
    still = camera.capture(StillRequirement(exposure_locked=True, in_focus=True))
    time.sleep(0.3)
    assert still.preview.metadata.exposure_us == 9_990
    assert pi.settings["AeEnable"] is False
    assert pi.settings["AwbEnable"] is False
    assert pi.settings["AfMode"] == 0


def test_a_camera_without_autofocus_is_never_out_of_focus(camera, pi):
    del pi.camera_controls["AfMode"]
    camera.start()
    camera.control(CameraControls(focus_locked=True))
    camera.next_preview(after=5)
    assert "AfMode" not in pi.settings


def test_a_hung_camera_is_noticed_within_two_seconds_and_reopened(camera, pi):
    camera.start()
    last = camera.next_preview(after=3)
    pi.hanging.set()
    begun = time.monotonic()
    while camera.status().state is not DeviceState.FAILING:
        assert time.monotonic() - begun < 2.0
        time.sleep(0.02)
    with pytest.raises(DeviceError):
        camera.next_preview(timeout=0.2)
    assert pi.held == 0
    pi.hanging.clear()
    assert camera.next_preview(last.sequence, timeout=3).sequence > last.sequence
    assert pi.opened >= 2


def test_a_pulled_ribbon_is_told_with_the_way_out(camera, pi):
    pi.plugged = False
    camera.start()
    with pytest.raises(DeviceUnavailable, match="camera 0 cannot be opened"):
        camera.next_preview(timeout=0.3)
    assert "ribbon" in camera.status().advice


def test_frames_of_another_size_than_asked_are_refused(camera, pi, monkeypatch):
    adjusted = {"main": {"size": (960, 720)}, "lores": {"size": (960, 720)}}
    monkeypatch.setattr(pi, "camera_configuration", lambda: adjusted)
    camera.start()
    with pytest.raises(DeviceUnavailable, match=r"lores frames of \(960, 720\) where \(640, 480\)"):
        camera.next_preview(timeout=0.5)
    assert camera.status().fault is DeviceFault.BROKEN_FRAMES


def test_automatic_again_and_gains_on_a_camera_that_has_neither(camera, pi):
    for control in ("AeEnable", "ColourGains", "AwbEnable"):
        del pi.camera_controls[control]
    camera.start()
    seen = camera.next_preview().sequence
    camera.control(CameraControls(exposure_locked=False))
    with pytest.raises(DeviceRefused, match="no colour gains"):
        camera.control(CameraControls(colour_gains=(2.0, 1.5)))
    assert camera.next_preview(seen + 2).sequence > seen
    assert pi.opened == 1


def test_without_picamera2_the_command_to_type_is_told():
    if "picamera2" in sys.modules:
        pytest.skip("picamera2 is here")
    with pytest.raises(DeviceUnavailable, match="apt install python3-picamera2"):
        open_picamera(0)


def test_when_a_frame_was_exposed():
    told = {"SensorTimestamp": 100_000_000_000, "ExposureTime": 10_000, "FrameDuration": 50_000}
    assert exposed_during(told, 100.2) == pytest.approx((99.99, 100.05))
    assert exposed_during(told, 100.02) == pytest.approx((99.99, 100.02))
    begin, end = exposed_during({}, 50.0)  # nothing known: the widest span
    assert begin == pytest.approx(49.8)
    assert end == 50.0
    assert exposed_during(told, 9000.0)[1] == 9000.0  # a stamp of another clock


@pytest.mark.parametrize(
    ("sensor", "preview"), [((4056, 3040), (640, 480)), ((4608, 2592), (640, 360)), ((3280, 2464), (640, 480))]
)
def test_previews_of_the_pis_sensors(sensor, preview):
    assert preview_of(sensor) == preview
