"""From "now" to a judged shot: lamps to shot level, exposure locked, the still accepted by its metadata, judged, encoded."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import structlog

from appliance.platform.contract import FaceMatch
from appliance.portrait.pipeline import Portrait
from appliance.portrait.standard_photo import StandardPhoto
from appliance.portrait.verdict import Verdict
from appliance.visit.errors import ShutterBusy
from appliance.visit.pictures import beside, jpeg_of
from firmware.ports import (
    Camera,
    CameraControls,
    DeviceError,
    DeviceRefused,
    FrameMetadata,
    LampLevel,
    Lamps,
    Still,
    StillRequirement,
)

log = structlog.get_logger(__name__)

ORIGINAL_QUALITY = 92  # JPEG; a 12-megapixel original becomes 2 to 6 MB


@dataclass(frozen=True, slots=True)
class Shot:
    """One judged still. Pictures are encoded JPEG: `original` the whole still, `before` the same reduced for the tablet."""

    shot_id: str
    sequence: int
    automatic: bool  # released by the station, not by a hand
    metadata: FrameMetadata
    verdict: Verdict
    photo: StandardPhoto | None
    original: bytes
    original_size: tuple[int, int]
    before: bytes
    timings_ms: dict[str, float]
    source: Literal["camera", "album"] = "camera"
    media_type: Literal["image/jpeg", "image/png"] = "image/jpeg"  # of `original`
    face_match: FaceMatch | None = None  # with the portrait of the ID card, where the plan asks

    @property
    def passed(self) -> bool:
        """Whether every rule holds and there is a photo to accept."""
        return self.verdict.outcome == "pass" and self.photo is not None


class Shutter:
    """Takes one shot at a time; a second request meanwhile is refused, never queued."""

    def __init__(self, camera: Camera, lamps: Lamps, portrait: Portrait, clock_ms: Callable[[], float]) -> None:
        self._camera = camera
        self._lamps = lamps
        self._portrait = portrait
        self._clock_ms = clock_ms
        self._busy = threading.Lock()
        self._encoder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encode")

    @property
    def busy(self) -> bool:
        """Whether a shot is being taken."""
        return self._busy.locked()

    def shoot(self, not_before: int, *, automatic: bool, timeout: float = 3.0) -> Shot:
        """The still of frame `not_before` or a later one, judged. Raises `ShutterBusy`, `DeviceError`."""
        if not self._busy.acquire(blocking=False):
            raise ShutterBusy("正在拍摄，请稍候", "A shot is being taken, please wait")
        try:
            started = self._clock_ms()
            still = self._capture(not_before, timeout)
            captured = self._clock_ms()
            original = self._encoder.submit(jpeg_of, still.pixels, ORIGINAL_QUALITY)
            judged = self._portrait.still(still.pixels)
            before = beside(still.pixels)
            height, width = still.pixels.shape[:2]
            return Shot(
                shot_id=str(uuid.uuid4()),
                sequence=still.sequence,
                automatic=automatic,
                metadata=still.preview.metadata,
                verdict=judged.verdict,
                photo=judged.photo,
                original=original.result(),
                original_size=(width, height),
                before=before,
                timings_ms={
                    "capture": round(captured - started, 1),
                    **judged.timings_ms,
                    "shot": round(self._clock_ms() - started, 1),
                },
            )
        finally:
            self._busy.release()

    def close(self) -> None:
        """Let the encoder go."""
        self._encoder.shutdown(wait=True)

    def _capture(self, not_before: int, timeout: float) -> Still:
        """Light first, then the lock, which takes hold once exposure has settled in it; then the first frame that shows both."""
        try:
            self._lamps.set_level(LampLevel.SHOT)
            requirement = StillRequirement(
                not_before=not_before, lamp_level=LampLevel.SHOT, exposure_locked=self._locked(), in_focus=True
            )
            return self._camera.capture(requirement, timeout)
        finally:
            self._release()

    def _locked(self) -> bool:
        """Ask for locked exposure and focus; `False` for a camera that cannot (many USB cameras)."""
        try:
            self._camera.control(CameraControls(exposure_locked=True, focus_locked=True))
        except DeviceRefused:
            log.info("shutter.exposure_stays_automatic")
            return False
        return True

    def _release(self) -> None:
        try:
            self._lamps.set_level(LampLevel.FRAMING)
            self._camera.control(CameraControls(exposure_locked=False, focus_locked=False))
        except DeviceRefused:
            return  # it never was locked
        except DeviceError:
            log.warning("shutter.release_failed", exc_info=True)
