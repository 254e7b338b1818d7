"""What every camera promises."""

from __future__ import annotations

import threading
import time

import cv2
import numpy as np
import pytest

from firmware.ports import (
    Camera,
    CameraControls,
    DeviceRefused,
    DeviceState,
    DeviceTimeout,
    DeviceUnavailable,
    LampLevel,
    StillRequirement,
)


def test_is_a_camera(camera_rig):
    assert isinstance(camera_rig.camera, Camera)


def test_nothing_before_start_and_after_stop(camera_rig):
    camera = camera_rig.camera
    assert camera.status().state is DeviceState.STOPPED
    with pytest.raises(DeviceUnavailable):
        camera.next_preview()
    camera.start()
    camera.next_preview()
    camera.stop()
    with pytest.raises(DeviceUnavailable):
        camera.capture(StillRequirement())
    assert camera.status().state is DeviceState.STOPPED


def test_frames_are_what_the_port_says(camera_rig):
    camera = camera_rig.camera
    camera.start()
    before, frame = -1, None
    for _ in range(5):
        newer = camera.next_preview(before)
        width, height = camera.preview_size
        assert newer.pixels.shape == (height, width, 3)
        assert newer.pixels.dtype == np.uint8
        assert newer.pixels.flags.c_contiguous
        assert not newer.pixels.flags.writeable
        assert newer.sequence > before
        if frame is not None:
            assert newer.captured_at > frame.captured_at
        assert abs(time.monotonic() - newer.captured_at) < 1.0
        before, frame = newer.sequence, newer
    assert camera.status().state is DeviceState.READY


def test_who_is_slow_gets_the_newest_frame(camera_rig):
    camera = camera_rig.camera
    camera.start()
    first = camera.next_preview()
    camera.next_preview(first.sequence + 4, timeout=5.0)  # five frames have come and gone
    later = camera.next_preview(first.sequence)
    assert later.sequence >= first.sequence + 5
    assert later.captured_at > first.captured_at


def test_waiting_ends_in_time(camera_rig):
    camera = camera_rig.camera
    camera.start()
    camera.next_preview()
    started = time.monotonic()
    with pytest.raises(DeviceTimeout):
        camera.next_preview(after=10**9, timeout=0.3)
    assert 0.25 < time.monotonic() - started < 0.9


def test_the_still_is_the_judged_frame_in_full_resolution(camera_rig):
    camera = camera_rig.camera
    camera.start()
    judged = camera.next_preview(after=20, timeout=5.0)
    still = camera.capture(StillRequirement(not_before=judged.sequence))
    assert still.sequence == judged.sequence
    assert still.preview.pixels is judged.pixels
    width, height = camera.still_size
    assert still.pixels.shape == (height, width, 3)
    assert still.pixels.dtype == np.uint8
    assert not still.pixels.flags.writeable
    reduced = cv2.resize(still.pixels, camera.preview_size, interpolation=cv2.INTER_AREA)
    assert np.abs(reduced.astype(int) - judged.pixels.astype(int)).mean() < 2.0


def test_a_still_must_be_lit_as_demanded(camera_rig):
    camera, lamps = camera_rig.camera, camera_rig.lamps
    camera.start()
    lamps.set_level(LampLevel.FRAMING)
    with pytest.raises(DeviceTimeout):
        camera.capture(StillRequirement(lamp_level=LampLevel.SHOT), timeout=0.4)
    lamps.set_level(LampLevel.SHOT)
    still = camera.capture(StillRequirement(lamp_level=LampLevel.SHOT))
    assert still.preview.metadata.lamp_level is LampLevel.SHOT


def test_exposure_locks_and_unlocks_as_the_metadata_tells(camera_rig):
    camera = camera_rig.camera
    camera.start()
    asked = camera.next_preview()
    assert not asked.metadata.exposure_locked
    camera.control(CameraControls(exposure_locked=True))
    still = camera.capture(StillRequirement(exposure_locked=True))
    assert still.sequence > asked.sequence
    held = {camera.next_preview(still.sequence + n).metadata.exposure_us for n in range(4)}
    assert len(held) == 1
    camera.control(CameraControls(exposure_locked=False))
    deadline = time.monotonic() + 2
    while camera.next_preview(camera.next_preview().sequence).metadata.exposure_locked:
        assert time.monotonic() < deadline, "the lock was never undone"


def test_what_it_cannot_do_is_refused(camera_rig):
    camera_rig.camera.start()
    camera_rig.camera.next_preview()
    with pytest.raises(DeviceRefused):
        camera_rig.camera.control(CameraControls(**camera_rig.impossible))
    assert camera_rig.camera.next_preview().pixels.size  # and it goes on


def test_stop_wakes_everybody_and_takes_less_than_two_seconds(camera_rig):
    camera = camera_rig.camera
    camera.start()
    camera.next_preview()
    woken: list[type[Exception]] = []

    def wait() -> None:
        try:
            camera.next_preview(after=10**9, timeout=30)
        except DeviceUnavailable as error:
            woken.append(type(error))

    waiting = [threading.Thread(target=wait) for _ in range(3)]
    for thread in waiting:
        thread.start()
    time.sleep(0.1)
    started = time.monotonic()
    camera.stop()
    for thread in waiting:
        thread.join(2)
    assert time.monotonic() - started < 2.0
    assert woken == [DeviceUnavailable] * 3


def test_start_and_stop_may_be_called_twice_and_it_starts_again(camera_rig):
    camera = camera_rig.camera
    camera.start()
    camera.start()
    camera.next_preview(after=5)
    camera.stop()
    camera.stop()
    camera.start()
    assert camera.next_preview().sequence < 5  # the sensor counts anew


def test_many_may_wait_at_once(camera_rig):
    camera = camera_rig.camera
    camera.start()
    first = camera.next_preview()
    got: list[int] = []

    def take() -> None:
        got.append(camera.next_preview(first.sequence).sequence)

    takers = [threading.Thread(target=take) for _ in range(8)]
    for thread in takers:
        thread.start()
    for thread in takers:
        thread.join(3)
    assert len(got) == 8
    assert min(got) > first.sequence
