"""A USB camera that is unplugged, hangs, tears frames or cannot lock its exposure."""

from __future__ import annotations

import threading
import time

import cv2
import numpy as np
import pytest

from firmware.camera.v4l2 import V4L2Camera
from firmware.camera.webcam import preview_of
from firmware.ports import (
    CameraControls,
    DeviceError,
    DeviceFault,
    DeviceRefused,
    DeviceState,
    DeviceUnavailable,
    StillRequirement,
)
from firmware.worker import Patience

QUICK = Patience(step=0.4, open=1.0, close=0.5, pause=0.05, longest_pause=0.2)


class Cable:
    """A `cv2.VideoCapture` on a cable; a value of `wrong` replaces each frame."""

    def __init__(self) -> None:
        self.plugged, self.can_lock = True, True
        self.hanging = threading.Event()
        self.wrong: np.ndarray | None = None
        self.opened = 0
        self.properties: dict[int, float] = {cv2.CAP_PROP_EXPOSURE: 156.0}

    def open(self, device: int | str) -> Cable:
        self.opened += 1
        return self

    def isOpened(self) -> bool:
        return self.plugged

    def read(self) -> tuple[bool, np.ndarray | None]:
        time.sleep(0.01)
        while self.hanging.is_set():
            time.sleep(0.01)
        if not self.plugged:
            return False, None
        return True, np.full((360, 640, 3), 90, np.uint8) if self.wrong is None else self.wrong

    def get(self, prop: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 360.0}.get(prop) or self.properties.get(
            prop, 0.0
        )

    def set(self, prop: int, value: float) -> bool:
        if prop == cv2.CAP_PROP_AUTO_EXPOSURE and not self.can_lock:
            return False
        self.properties[prop] = value
        return True

    def release(self) -> None:
        """Nothing to release."""


@pytest.fixture
def cable():
    return Cable()


@pytest.fixture
def camera(cable):
    camera = V4L2Camera("/dev/video9", opener=cable.open, patience=QUICK)
    yield camera
    cable.hanging.clear()
    camera.stop()


def test_a_camera_that_is_not_there_is_waited_for(camera, cable):
    cable.plugged = False
    camera.start()
    with pytest.raises(DeviceUnavailable, match="/dev/video9 cannot be opened"):
        camera.next_preview(timeout=0.3)
    assert camera.status().state is DeviceState.FAILING
    assert "Plug the camera in" in camera.status().advice
    assert camera.status().fault is DeviceFault.MISSING
    cable.plugged = True
    assert camera.next_preview(timeout=2).sequence == 0


def test_unplugged_is_noticed_and_plugged_in_again_goes_on(camera, cable):
    camera.start()
    last = camera.next_preview(after=3)
    cable.plugged = False
    time.sleep(0.2)
    with pytest.raises(DeviceError):
        camera.next_preview(timeout=0.3)  # and never an old frame as if it were new
    assert camera.status().state is DeviceState.FAILING
    cable.plugged = True
    assert camera.next_preview(last.sequence).sequence > last.sequence
    assert camera.status().state is DeviceState.READY


def test_a_hung_camera_is_noticed_and_opened_anew(camera, cable):
    camera.start()
    last = camera.next_preview(after=3)
    cable.hanging.set()
    with pytest.raises(DeviceError):
        camera.next_preview(last.sequence + 1, timeout=1.0)
    assert camera.status().state is DeviceState.FAILING
    assert camera.status().fault is DeviceFault.SILENT
    released_at = time.monotonic()
    cable.hanging.clear()
    frame = camera.next_preview(last.sequence, timeout=3)
    assert frame.captured_at > released_at
    assert cable.opened >= 2


def test_torn_frames_are_dropped_and_many_of_them_reopen_the_camera(camera, cable):
    camera.start()
    good = camera.next_preview(after=3)
    cable.wrong = np.zeros((200, 640, 3), np.uint8)
    with pytest.raises(DeviceError):
        camera.next_preview(good.sequence + 1, timeout=0.4)
    assert cable.opened >= 2
    deadline = time.monotonic() + 5.0  # between two openings it is ready for a moment
    while camera.status().fault is not DeviceFault.BROKEN_FRAMES:
        assert time.monotonic() < deadline, camera.status()
        time.sleep(0.005)
    cable.wrong = None
    assert camera.next_preview(good.sequence, timeout=2).pixels.shape == (360, 640, 3)


def test_a_grey_frame_is_no_frame(camera, cable):
    cable.wrong = np.zeros((360, 640), np.uint8)
    camera.start()
    with pytest.raises(DeviceError):
        camera.next_preview(timeout=0.3)


def test_a_camera_without_manual_exposure_takes_its_stills_and_says_that_nothing_was_held(camera, cable):
    cable.can_lock = False
    camera.start()
    asked = camera.next_preview()
    camera.control(CameraControls(exposure_locked=True, focus_locked=True))
    still = camera.capture(StillRequirement(exposure_locked=True))
    assert still.sequence > asked.sequence
    assert still.preview.metadata.exposure_locked is None
    assert cable.properties[cv2.CAP_PROP_AUTOFOCUS] == 0.0
    camera.control(CameraControls(exposure_locked=False))
    assert camera.next_preview(camera.next_preview().sequence).metadata.exposure_locked is False
    assert cable.properties[cv2.CAP_PROP_EXPOSURE] == 156.0


def test_an_exposure_in_figures_is_refused_where_it_cannot_be_set(camera, cable):
    cable.can_lock = False
    camera.start()
    camera.next_preview()
    with pytest.raises(DeviceRefused, match="cannot be exposed for 8000 us"):
        camera.control(CameraControls(exposure_us=8000))
    assert camera.next_preview(after=5).metadata.exposure_us is None


def test_locking_keeps_the_exposure_that_automatic_mode_had(camera, cable):
    camera.start()
    camera.next_preview()
    camera.control(CameraControls(exposure_locked=True, focus_locked=True))
    assert cable.properties[cv2.CAP_PROP_EXPOSURE] == 156.0
    assert cable.properties[cv2.CAP_PROP_AUTO_EXPOSURE] == 1.0
    assert cable.properties[cv2.CAP_PROP_AUTOFOCUS] == 0.0
    frame = camera.next_preview(camera.next_preview().sequence + 5)
    assert frame.metadata.exposure_us == 15_600.0


def test_the_largest_format_that_keeps_guidance_going_is_taken(camera, cable, monkeypatch):
    def rate(prop: int) -> float:
        width = cable.properties.get(cv2.CAP_PROP_FRAME_WIDTH, 0.0)
        return {4096: 2.0, 1920: 5.0}.get(int(width), 30.0) if prop == cv2.CAP_PROP_FPS else told(prop)

    told = cable.get
    monkeypatch.setattr(cable, "get", rate)
    camera.start()
    camera.next_preview()
    assert cable.properties[cv2.CAP_PROP_FRAME_WIDTH] == 1280
    assert cable.properties[cv2.CAP_PROP_FRAME_HEIGHT] == 720


def test_an_exposure_in_figures_is_set(camera, cable):
    camera.start()
    camera.next_preview()
    camera.control(CameraControls(exposure_us=8000))
    assert cable.properties[cv2.CAP_PROP_EXPOSURE] == 80.0


@pytest.mark.parametrize(
    ("still", "preview"), [((4056, 3040), (640, 480)), ((1920, 1080), (640, 360)), ((320, 240), (320, 240))]
)
def test_the_preview_is_the_same_view(still, preview):
    assert preview_of(still) == preview
