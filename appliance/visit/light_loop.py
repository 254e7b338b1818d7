"""Closes the loop between the face and the lamps: each judged frame that the present drives lit is a reading.

It steps while framing only; from the moment a shot begins until it is taken the lamps stay as they are. What framing found holds
for the shot too, brighter.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import structlog

from appliance.portrait.measure.light import brightness, tilt
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.pipeline import LiveView
from appliance.portrait.profile import Profile
from appliance.visit.light_control import FaceLight, LightController
from firmware.ports import Clock, DeviceError, Frame, FrameMetadata, LampDrive, LampLevel, Lamps

log = structlog.get_logger(__name__)

START = LampDrive(0.4, 0.4, 0.4)  # until something better is known: the lamps' own framing level
SHOT_TOTAL = 1.8  # of both key lamps, before full drive limits it
SHOT_BACKGROUND = 0.9
COMFORT_US = 10_000.0  # exposure time x gain at which a hand-still student is sharp and free of noise
RIGHT_BRIGHTNESS = 50.0  # percent of white on a well lit face, the middle of what `light.exposure` allows
WRONG_BRIGHTNESS = (
    0.5  # stops from there: the wall leads the camera's exposure astray, the key lamps are wrong beside it
)
STEADY = 0.05  # stops: an automatic exposure that moves more between two frames is still on its way
STEADY_FRAMES = 4  # in a row; the camera has woken in the dark, and how long it exposes says nothing yet
LONGEST_EXPOSURE = 0.033  # seconds, where a camera does not tell


class LightLoop:
    """Called with each judged frame, from the live loop's thread. `busy` says that a shot is being taken."""

    def __init__(
        self, lamps: Lamps, profile: Profile, clock: Clock, busy: Callable[[], bool], start: LampDrive = START
    ) -> None:
        self._lamps = lamps
        self._profile = profile
        self._clock = clock
        self._busy = busy
        self.controller = LightController(start)
        self._changed_at = -math.inf
        self._exposed = 0.0  # exposure time x gain of the frame before
        self._steady = 0  # frames in a row that were exposed alike

    def begin(self) -> None:
        """Another student, or another try: look again."""
        self.controller.awake()

    def saw(self, frame: Frame, view: LiveView) -> None:
        """Learn from a judged frame, and drive the lamps anew when that makes the light more even."""
        if self._busy() or not self._is_lit_as_driven(frame):
            return
        reading = face_light(view, self._profile, frame.metadata, steady=self._is_steady(frame.metadata))
        if reading is None:
            return
        drive = self.controller.step(reading)
        if drive is not None:
            self._apply(drive)

    def _is_lit_as_driven(self, frame: Frame) -> bool:
        exposure = frame.metadata.exposure_us
        begun = frame.captured_at - (LONGEST_EXPOSURE if exposure is None else exposure / 1e6)
        return frame.metadata.lamp_level is LampLevel.FRAMING and begun > self._changed_at

    def _is_steady(self, how: FrameMetadata) -> bool:
        product = 0.0 if how.exposure_us is None else how.exposure_us * (how.analogue_gain or 1.0)
        alike = product > 0 and self._exposed > 0 and abs(math.log2(product / self._exposed)) <= STEADY
        self._exposed, self._steady = product, self._steady + 1 if alike else 0
        return self._steady >= STEADY_FRAMES

    def _apply(self, drive: LampDrive) -> None:
        pair = self.controller.drive(SHOT_TOTAL)
        try:
            self._lamps.calibrate(LampLevel.FRAMING, drive)
            self._lamps.calibrate(LampLevel.SHOT, LampDrive(pair.left, pair.right, SHOT_BACKGROUND))
        except DeviceError as error:
            log.warning("lamps.failed", error=str(error))
        self._changed_at = self._clock.monotonic()


def face_light(view: LiveView, profile: Profile, how: FrameMetadata, *, steady: bool) -> FaceLight | None:
    """The portrait's own light measures of one frame as a reading; None without a face.

    While the camera exposes by itself, and `steady`ly, the missing light shows in how long it exposes; but where the face comes out
    far too dark or bright all the same, and with a locked exposure, in its brightness.
    """
    subject = Subject(view.observation, profile, Stage.LIVE)
    uneven = tilt(subject).value
    if not isinstance(uneven, float):
        return None
    bright = brightness(subject).value
    level = math.log2(RIGHT_BRIGHTNESS / bright) if isinstance(bright, float) and bright > 0 else None
    if how.exposure_us is None or how.exposure_locked:
        return FaceLight(uneven, level)
    if not steady:
        return FaceLight(uneven, None)
    if level is not None and abs(level) > WRONG_BRIGHTNESS:
        return FaceLight(uneven, level)
    return FaceLight(uneven, math.log2(how.exposure_us * (how.analogue_gain or 1.0) / COMFORT_US))
