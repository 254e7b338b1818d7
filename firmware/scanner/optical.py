"""The optical scanner: looks for capture codes in the camera frames offered to it, in its own thread.

A frame costs at most one pass of one reader; readers and ways of preparing take turns from frame to frame. After a look the
scanner rests in proportion to what it cost, so that on average the preview keeps most of each frame's time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import cv2
import numpy as np

from firmware.ports import CodeScan, DeviceStatus, Frame
from firmware.scanner.codes import LOOKS, grey_of, locate, look
from firmware.scanner.readers import Grey
from firmware.scanner.sightings import GONE_AFTER, Sightings, Unreadable
from firmware.worker import Worker

LOOK_EVERY = 0.06  # seconds between two looks at least: a code is read within two of them
BUSY = 0.4  # share of the time that looks may take: 13 ms of a frame's 33, whatever a single look costs
LOCATE_EVERY = 0.3  # seconds between two searches for a code that cannot be read
WIDEST = 960  # pixels; wider frames are reduced first
PAUSE = 0.5  # seconds between two wake-ups when no frame comes


class _Reader:
    """Works through the newest frame, in the scanner's owner thread."""

    def __init__(self, scanner: OpticalScanner) -> None:
        self._scanner = scanner
        self._turn = 0
        self._located = self._next = 0.0

    def open(self) -> None:
        """Nothing to claim."""

    def close(self) -> None:
        """Nothing is held."""

    def step(self) -> float:
        wait = self._next - time.monotonic()
        if wait > 0:
            return wait
        frame = self._scanner.take()
        if frame is None:
            return PAUSE
        now = time.monotonic()
        grey = _reduced(frame)
        payloads = look(grey, LOOKS[self._turn % len(LOOKS)])
        self._turn += 1
        if payloads:
            self._scanner.report(payloads, frame.captured_at)
        elif now - self._located >= LOCATE_EVERY:
            self._located = now
            if locate(grey) is not None:
                self._scanner.report_located(frame.captured_at)
        rest = max(LOOK_EVERY, (time.monotonic() - now) / BUSY)
        self._next = now + rest
        return rest


class OpticalScanner:
    """A `FrameScanner` on ZBar; a code out of sight for `gone_after` seconds is a new scan when it comes back."""

    def __init__(self, name: str = "optical scanner", gone_after: float = GONE_AFTER) -> None:
        self._name = name
        self._lock = threading.RLock()  # a listener may call back
        self._newest: Frame | None = None
        self._listener: Callable[[CodeScan], None] | None = None
        self._sightings = Sightings(gone_after)
        self._unreadable = Unreadable(gone_after=gone_after)
        self._worker: Worker[_Reader] = Worker(name, lambda: _Reader(self))

    def start(self, listener: Callable[[CodeScan], None]) -> None:
        """Begin to read what is offered."""
        with self._lock:
            if self._listener is None:
                self._listener = listener
        self._worker.start()

    def stop(self) -> None:
        """Stop; no call to the listener happens after this returns."""
        with self._lock:
            self._listener = self._newest = None
        self._worker.stop()

    def forget(self) -> None:
        """The next sight of any code is a new scan."""
        with self._lock:
            self._sightings.forget()
            self._unreadable.forget()

    def offer(self, frame: Frame) -> None:
        """Keep `frame` for the next look; the one before it, if not yet looked at, is dropped."""
        with self._lock:
            if self._listener is None:
                return
            waiting = self._newest is not None
            self._newest = frame
        if not waiting:
            self._worker.wake()

    def status(self) -> DeviceStatus:
        """See `firmware.ports.CodeScanner`."""
        return self._worker.status()

    def take(self) -> Frame | None:
        """The newest frame not yet looked at. Called by the owner thread."""
        with self._lock:
            frame, self._newest = self._newest, None
            return frame

    def report(self, payloads: list[str], at: float) -> None:
        """Codes were read at `at`. Called by the owner thread."""
        with self._lock:
            self._unreadable.read()
            fresh = [payload for payload in payloads if self._sightings.see(payload, at)]
            self._tell([CodeScan(payload, self._name, at) for payload in fresh])

    def report_located(self, at: float) -> None:
        """A code was seen at `at` that could not be read. Called by the owner thread."""
        with self._lock:
            if not self._sightings.any_within(1.0, at) and self._unreadable.located(at):
                self._tell([CodeScan(None, self._name, at)])

    def _tell(self, scans: list[CodeScan]) -> None:
        for scan in scans:
            if self._listener is not None:
                self._listener(scan)


def _reduced(frame: Frame) -> Grey:
    grey = grey_of(frame.pixels)
    if grey.shape[1] <= WIDEST:
        return grey
    height = round(grey.shape[0] * WIDEST / grey.shape[1])
    return np.asarray(cv2.resize(grey, (WIDEST, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
