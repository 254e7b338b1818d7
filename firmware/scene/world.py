"""The scene itself: who is shown, which code is held up, and how the lamps burn."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np

from firmware.lamps.record import LightRecord
from firmware.ports import LampDrive, Pixels
from firmware.scene.backdrop import bare_wall, wall_share, widen
from firmware.scene.light import Plane
from firmware.scene.mishaps import CameraMishap, Mishaps
from firmware.scene.phone import GOOD_PHONE, Phone, hold_up, screen
from firmware.scene.view import LIGHT_SIZE, PREVIEW_SIZE, STILL_SIZE, View, prepare

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Showing:
    """What the scene is asked to show; `person` is the name it was given."""

    person: str | None = None
    code: str | None = None
    phone: Phone = GOOD_PHONE


@dataclass(frozen=True, slots=True)
class _Backdrop:
    picture: Pixels
    wall: Plane


class Scene:
    """A stand-in world, safe to use from any thread.

    Changes are prepared in the background (some 150 ms for 12 megapixels) and then appear in the next frame; the newest wish wins.
    """

    def __init__(self, still_size: tuple[int, int] = STILL_SIZE, preview_size: tuple[int, int] = PREVIEW_SIZE) -> None:
        self.still_size = still_size
        self.preview_size = preview_size
        self._changed = threading.Condition()
        self._showing = Showing()
        self._photo: Pixels | None = None
        self._drive = LampDrive()
        self.mishaps = Mishaps()
        self._capped: View | None = None
        self.light_record = LightRecord()  # kept by the lamps that burn in this scene
        self._preparer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scene")
        self._wish = 0  # counts what was asked for ...
        self._done = 0  # ... and up to where it is prepared
        self._queued = False
        self._backdrop = self._bare()
        self._backdrop_of: Pixels | None = None
        self._view = prepare(self._backdrop.picture, preview_size, wall=self._backdrop.wall)

    # -- what is to be seen ---------------------------------------------------------------------------------------

    def show_person(self, pixels: Pixels, name: str = "") -> None:
        """Show a photograph, (H, W, 3) BGR uint8, as a person before the wall. Raises `ValueError` for any other array."""
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or pixels.size == 0:
            raise ValueError(f"a photograph is (H, W, 3) uint8 and not empty; got {pixels.shape} {pixels.dtype}")
        with self._changed:
            self._photo = pixels.copy()
            self._showing = replace(self._showing, person=name)
            self._ask()

    def clear_person(self) -> None:
        """Nobody stands before the wall."""
        with self._changed:
            self._photo = None
            self._showing = replace(self._showing, person=None)
            self._ask()

    def show_code(self, payload: str, phone: Phone = GOOD_PHONE) -> None:
        """Hold up a phone that shows `payload` as a QR code. Raises `ValueError` when no QR code can hold it."""
        screen(payload)
        with self._changed:
            self._showing = replace(self._showing, code=payload, phone=phone)
            self._ask()

    def clear_code(self) -> None:
        """Put the phone away."""
        with self._changed:
            self._showing = replace(self._showing, code=None)
            self._ask()

    @property
    def showing(self) -> Showing:
        """What was last asked for."""
        with self._changed:
            return self._showing

    def wait_settled(self, timeout: float = 5.0) -> bool:
        """Wait until the frames show what was last asked for; False when that took longer than `timeout` seconds."""
        end = time.monotonic() + timeout
        with self._changed:
            return self._changed.wait_for(lambda: self._done == self._wish, max(0.0, end - time.monotonic()))

    # -- light and look -------------------------------------------------------------------------------------------

    def light(self, drive: LampDrive) -> None:
        """Drive the lamps, from now on."""
        with self._changed:
            self._drive = drive

    def look(self) -> tuple[View, LampDrive]:
        """What is before the camera at this moment, and in which light."""
        capped = self.mishaps.camera is CameraMishap.CAPPED
        with self._changed:
            view = self._under_cap() if capped else self._view
            return view, self.mishaps.let_through(self._drive)

    def close(self) -> None:
        """Let the background thread go; the scene keeps showing what it shows."""
        self._preparer.shutdown(wait=True, cancel_futures=True)

    # -- preparing ------------------------------------------------------------------------------------------------

    def _under_cap(self) -> View:
        if self._capped is None:
            width, height = self.still_size
            self._capped = prepare(np.full((height, width, 3), 2, np.uint8), self.preview_size)
        return self._capped

    def _ask(self) -> None:
        self._wish += 1
        if not self._queued:
            self._queued = True
            self._preparer.submit(self._prepare)

    def _prepare(self) -> None:
        with self._changed:
            self._queued = False
            wish, showing, photo = self._wish, self._showing, self._photo
        try:
            view = self._view_of(photo, showing)
        except Exception:
            log.exception("the scene could not be prepared; the last one stays")
            view = self._view
        with self._changed:
            self._view, self._done = view, wish
            self._changed.notify_all()

    def _view_of(self, photo: Pixels | None, showing: Showing) -> View:
        if photo is not self._backdrop_of:
            self._backdrop = self._bare() if photo is None else self._standing(photo)
            self._backdrop_of = photo
        behind = self._backdrop
        if showing.code is None:
            return prepare(behind.picture, self.preview_size, wall=behind.wall)
        picture = behind.picture.copy()
        corners = hold_up(screen(showing.code, showing.phone), picture)
        shining = np.zeros((LIGHT_SIZE[1], LIGHT_SIZE[0]), np.float32)
        scale = np.array(LIGHT_SIZE) / (picture.shape[1], picture.shape[0])
        cv2.fillConvexPoly(shining, (corners * scale).round().astype(np.int32), (1.0,), cv2.LINE_AA)
        return prepare(picture, self.preview_size, screen=shining, wall=behind.wall)

    def _bare(self) -> _Backdrop:
        return _Backdrop(bare_wall(self.still_size), np.ones((LIGHT_SIZE[1], LIGHT_SIZE[0]), np.float32))

    def _standing(self, photo: Pixels) -> _Backdrop:
        picture = widen(photo, self.still_size)
        return _Backdrop(picture, wall_share(picture, LIGHT_SIZE))
