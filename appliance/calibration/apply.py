"""Puts the calibration in use into effect on a running station: after each opening of the camera, for a new one knows nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from appliance.calibration.errors import CalibrationRefused
from appliance.calibration.store import Calibration, CalibrationStore
from appliance.portrait.errors import PlateRefused
from appliance.portrait.pipeline import Portrait
from firmware.ports import Camera, CameraControls, Clock, DeviceError, DeviceRefused

log = structlog.get_logger(__name__)

DAY = timedelta(days=1)


class Calibrated:
    """The calibration of one station; `look` is called twice a second and acts when frames came back."""

    def __init__(
        self, store: CalibrationStore, camera: Camera, clock: Clock, last_frame_at: Callable[[], float | None]
    ) -> None:
        self.camera = camera
        self.clock = clock
        self._last_frame_at = last_frame_at
        self.store = store
        self._applied = False
        self.calibration = _current(store)

    def take_up(self, portrait: Portrait) -> bool:
        """Another version is in use, or a step changed the camera: `portrait` has its plate now, the camera its gains with the next
        look. Whether there is a plate and it can be used."""
        self.calibration = _current(self.store)
        self._applied = False
        return use_plate(portrait, self.store)

    def look(self) -> None:
        """Set the colour gains once there are frames, and again when the camera was opened anew."""
        failing = self.camera.status().failures
        if failing:
            self._applied = False
        elif not self._applied and self._last_frame_at() is not None:
            self._applied = True
            self._apply()

    def age_days(self) -> float | None:
        """How old its oldest part is; None without one, or while nothing vouches for the date."""
        made = None if self.calibration is None else self.calibration.oldest
        now = self.clock.read()
        return None if made is None or not now.trusted else max(0.0, (now.utc - made) / DAY)

    def _apply(self) -> None:
        calibration = self.calibration
        if calibration is None or calibration.grey is None or calibration.grey.colour_gains is None:
            return
        if calibration.still_size != self.camera.still_size:
            log.warning("calibration.other_camera", measured=calibration.still_size, present=self.camera.still_size)
            return
        try:
            self.camera.control(CameraControls(colour_gains=calibration.grey.colour_gains))
        except DeviceRefused as error:
            log.warning("calibration.refused", error=str(error))
        except DeviceError as error:
            self._applied = False
            log.warning("calibration.failed", error=str(error))
        else:
            log.info("calibration.applied", number=calibration.number, colour_gains=calibration.grey.colour_gains)


def use_plate(portrait: Portrait, store: CalibrationStore) -> bool:
    """Have `portrait` know the empty backdrop of the calibration in use; whether it does. A plate that cannot be used is told in
    the log and done without."""
    try:
        plate = store.plate()
        portrait.use_plate(plate)
    except (CalibrationRefused, PlateRefused) as error:
        log.warning("calibration.plate_unusable", error=str(error))
        return False
    return plate is not None


def _current(store: CalibrationStore) -> Calibration | None:
    try:
        return store.current()
    except CalibrationRefused as error:
        log.error("calibration.unusable", error=str(error))
        return None
