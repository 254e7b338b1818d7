"""A scanner with hands that hold codes before it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import segno

from firmware.ports import CodeScanner, Frame
from firmware.scanner.optical import OpticalScanner


@dataclass
class ScannerRig:
    """A scanner, and hands that hold codes before it."""

    scanner: CodeScanner
    hold: Callable[[str], None]
    take_away: Callable[[], None]
    gone_after: float


class Hands:
    """Offers a camera's frames to a frame scanner, with or without a code in them."""

    def __init__(self, scanner: OpticalScanner) -> None:
        self._scanner = scanner
        self._picture = self._empty = np.full((480, 640, 3), 180, np.uint8)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._offer, daemon=True)
        self._thread.start()

    def hold(self, payload: str) -> None:
        matrix = np.array([[bool(cell) for cell in row] for row in segno.make_qr(payload).matrix])
        ink = np.kron(np.pad(matrix, 4), np.ones((5, 5), bool))
        picture = self._empty.copy()
        picture[60 : 60 + len(ink), 150 : 150 + len(ink)][~ink] = 235
        picture[60 : 60 + len(ink), 150 : 150 + len(ink)][ink] = 25
        self._picture = picture

    def take_away(self) -> None:
        self._picture = self._empty

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _offer(self) -> None:
        sequence = 0
        while not self._end.wait(1 / 30):
            self._scanner.offer(Frame(self._picture, sequence, time.monotonic()))
            sequence += 1
