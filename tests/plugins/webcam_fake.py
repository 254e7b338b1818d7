"""A USB camera as OpenCV shows it, that can be unplugged, hang and tear frames."""

from __future__ import annotations

import threading
import time

import cv2
import numpy as np


class FakeWebcam:
    """A `cv2.VideoCapture` whose cable can be pulled, that can hang and tear frames, and that blocks in `read` as real ones do."""

    def __init__(self, picture: np.ndarray, rate: float = 60.0) -> None:
        self.picture = picture
        self.plugged = True
        self.hanging = threading.Event()
        self.torn = False
        self.can_lock = True
        self.opened = 0
        self.properties: dict[int, float] = {cv2.CAP_PROP_EXPOSURE: 156.0, cv2.CAP_PROP_AUTO_EXPOSURE: 3.0}
        self._rate = rate

    def open(self, device: int | str) -> FakeWebcam:
        self.opened += 1
        return self

    def isOpened(self) -> bool:
        return self.plugged

    def read(self) -> tuple[bool, np.ndarray | None]:
        time.sleep(1 / self._rate)
        while self.hanging.is_set():
            time.sleep(0.02)
        if not self.plugged:
            return False, None
        return True, self.picture[: len(self.picture) // 2].copy() if self.torn else self.picture.copy()

    def get(self, prop: int) -> float:
        if prop == cv2.CAP_PROP_FRAME_WIDTH:
            return float(self.picture.shape[1])
        if prop == cv2.CAP_PROP_FRAME_HEIGHT:
            return float(self.picture.shape[0])
        return self.properties.get(prop, 0.0)

    def set(self, prop: int, value: float) -> bool:
        if prop == cv2.CAP_PROP_AUTO_EXPOSURE and not self.can_lock:
            return False
        self.properties[prop] = value
        return True

    def release(self) -> None:
        """Released by its owner thread."""
