"""What the newest preview frame measures: for focusing by hand, and for seeing whether exposure and lamps are right."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Any

import cv2
import numpy as np

from appliance.visit.feed import LiveFeed
from firmware.ports import Frame, Lamps, Pixels

CLIPPED = 250  # of 255: a channel that bright has lost its detail


class CameraFigures:
    """Reads figures of the feed's newest frame; remembers the frame before, for the rate."""

    def __init__(self, feed: LiveFeed, lamps: Lamps) -> None:
        self._feed, self._lamps = feed, lamps
        self._lock = threading.Lock()
        self._before: Frame | None = None
        self._rate = 0.0

    def read(self) -> dict[str, Any] | None:
        """Sharpness, brightness (0 to 255), clipped share (0 to 1), exposure, drive of the lamps; None without a frame."""
        newest = self._feed.newest()
        if newest is None:
            return None
        frame = newest.frame
        seen = frame.metadata
        return {
            **measured(frame.pixels),
            "exposure_us": seen.exposure_us,
            "analogue_gain": seen.analogue_gain,
            "colour_gains": seen.colour_gains,
            "exposure_locked": bool(seen.exposure_locked),
            "in_focus": seen.in_focus,
            "lamp_level": self._lamps.level.value,
            "frames_per_s": self._frames_per_s(frame),
            "drive": asdict(self._lamps.drive),
        }

    def _frames_per_s(self, frame: Frame) -> float:
        """Of the sensor, between this reading and the one before."""
        with self._lock:
            before, self._before = self._before, frame
            if before is not None and frame.captured_at > before.captured_at and frame.sequence > before.sequence:
                seconds = frame.captured_at - before.captured_at
                self._rate = round((frame.sequence - before.sequence) / seconds, 1)
            return self._rate


def measured(pixels: Pixels) -> dict[str, float]:
    """Of a frame (H, W, 3) BGR uint8: variance of the Laplacian over the middle half (Pech-Pacheco et al. 2000, without unit),
    mean grey of the whole, and the share of pixels with a channel at `CLIPPED` or above."""
    height, width = pixels.shape[:2]
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    middle = grey[height // 4 : height - height // 4, width // 4 : width - width // 4]
    return {
        "sharpness": round(float(cv2.Laplacian(middle, cv2.CV_64F).var()), 2),
        "brightness": round(float(grey.mean()), 1),
        "clipped": round(float(np.mean(pixels.max(axis=2) >= CLIPPED)), 4),
    }
