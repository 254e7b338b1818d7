"""Just enough of `picamera2.Picamera2` to hold the driver to its rules: few buffers, late controls, jobs that are waited for."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

import cv2
import numpy as np

LATENCY = 3


class FakeRequest:
    """A completed request: gives its buffer back when nobody holds it any more."""

    def __init__(self, camera: FakePicamera, metadata: dict[str, Any]) -> None:
        self._camera = camera
        self._metadata = metadata
        self._holds = 1
        self._lock = threading.Lock()

    def acquire(self) -> None:
        with self._lock:
            assert self._holds > 0, "a request that was given back was taken again"
            self._holds += 1

    def release(self) -> None:
        with self._lock:
            assert self._holds > 0, "a request was given back twice"
            self._holds -= 1
            if self._holds == 0:
                self._camera.given_back()

    def get_metadata(self) -> dict[str, Any]:
        return dict(self._metadata)

    def make_array(self, name: str) -> np.ndarray:
        with self._lock:
            assert self._holds > 0, "a buffer was read after it was given back"
        return self._camera.planes[name].copy()


class FakePicamera:
    """A camera number 0 with a picture before it; can hang, and be pulled out."""

    RATE = 30.0

    def __init__(self, picture: np.ndarray) -> None:
        self.picture = picture
        self.plugged = True
        self.hanging = threading.Event()
        self.opened = self.closed = self.held = self.most_held = 0
        self.camera_properties = {"PixelArraySize": (picture.shape[1], picture.shape[0])}
        self.camera_controls: dict[str, Any] = {
            "AeEnable": (False, True, True),
            "AwbEnable": (False, True, True),
            "ExposureTime": (60, 66_666, 10_000),
            "AnalogueGain": (1.0, 16.0, 1.0),
            "ColourGains": (0.0, 32.0, 1.0),
            "AfMode": (0, 2, 0),
            "NoiseReductionMode": (0, 4, 0),
        }
        self.configuration: dict[str, Any] = {}
        self.planes: dict[str, np.ndarray] = {}
        self.settings: dict[str, Any] = {}
        self._late: deque[dict[str, Any]] = deque()
        self._lock = threading.Lock()
        self._frames = 0
        self._due = 0.0

    def open(self, number: int) -> FakePicamera:
        if number != 0 or not self.plugged:
            raise IndexError("list index out of range")
        self.opened += 1
        return self

    def create_video_configuration(self, **streams: Any) -> dict[str, Any]:
        return streams

    def configure(self, configuration: dict[str, Any]) -> None:
        self.configuration = configuration
        for name in ("main", "lores"):
            width, height = configuration[name]["size"]
            assert configuration[name]["format"] == "YUV420"
            assert width % 2 == height % 2 == 0
            resized = cv2.resize(self.picture, (width, height), interpolation=cv2.INTER_AREA)
            planes = cv2.cvtColor(resized, cv2.COLOR_BGR2YUV_I420)
            self.planes[name] = _padded(planes, width, height)

    def camera_configuration(self) -> dict[str, Any]:
        return self.configuration

    def start(self) -> None:
        self.settings = {"AeEnable": True, "ExposureTime": 9_990, "AnalogueGain": 1.5, "ColourGains": (2.1, 1.7)}
        self._due, self._frames = time.monotonic(), 0

    def stop(self) -> None:
        """No more requests."""

    def close(self) -> None:
        assert self.held == 0, "closed while buffers were held"
        self.closed += 1

    def set_controls(self, controls: dict[str, Any]) -> None:
        unknown = set(controls) - set(self.camera_controls)
        if unknown:
            raise RuntimeError(f"Control {unknown} is not advertised by libcamera")
        with self._lock:
            self._late.append({"at": self._frames + LATENCY} | controls)

    def capture_request(self, wait: bool) -> object:
        assert wait is False
        return object()

    def wait(self, job: object, timeout: float) -> FakeRequest:
        begun = time.monotonic()
        self._due = max(self._due + 1 / self.RATE, begun)
        time.sleep(max(0.0, self._due - begun))
        while self.hanging.is_set() or not self.plugged:
            time.sleep(0.01)
            if time.monotonic() - begun > timeout:
                raise TimeoutError
        with self._lock:
            assert self.held < self.configuration["buffer_count"], "the camera has run out of buffers"
            self.held += 1
            self.most_held = max(self.most_held, self.held)
            self._frames += 1
            while self._late and self._late[0]["at"] <= self._frames:
                self.settings |= self._late.popleft()
            told = {name: self.settings[name] for name in ("ExposureTime", "AnalogueGain", "ColourGains")}
        told |= {
            "SensorTimestamp": time.monotonic_ns() - 5_000_000,
            "FrameDuration": 33_333,
            "AeState": 2 if self._frames > 5 else 1,
            "AfState": 2 if self._frames > 5 else 1,
        }
        return FakeRequest(self, told)

    def given_back(self) -> None:
        with self._lock:
            self.held -= 1


def _padded(planes: np.ndarray, width: int, height: int, padding: int = 64) -> np.ndarray:
    """I420 planes in lines that are padded, as the hardware's are: chroma lines have half the stride."""
    stride = width + padding
    padded = np.full((height * 3 // 2, stride), 77, np.uint8)
    padded[:height, :width] = planes[:height]
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    room = padded[height:].reshape(2, height // 2, stride // 2)
    room[:, :, : width // 2] = chroma
    return padded
