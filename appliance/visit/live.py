"""The live loop: one thread that takes preview frames, offers them to scanners, has them judged, and publishes them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import structlog

from appliance.portrait.pipeline import LiveView, Portrait
from appliance.visit.feed import LiveFeed, LivePicture
from firmware.ports import Camera, Clock, DeviceError, Frame, FrameScanner

log = structlog.get_logger(__name__)

FRAME_TIMEOUT = 2.0  # seconds without a frame after which the camera counts as failing
PAUSE_AFTER_FAILURE = 0.5
FAILURES_BEFORE_FAULT = 2  # in a row; the first may be a camera that is just being reopened


class LiveLoop:
    """Runs until stopped; a failing frame or judgement is reported and the loop goes on."""

    def __init__(
        self,
        *,
        camera: Camera,
        scanners: Sequence[FrameScanner],
        portrait: Portrait,
        clock: Clock,
        feed: LiveFeed,
        wants_codes: Callable[[], bool],
        wants_judgement: Callable[[], bool],
        on_view: Callable[[Frame, LiveView], None],
        on_failure: Callable[[str], None],
        on_frames: Callable[[], None],
    ) -> None:
        self._camera = camera
        self._scanners = tuple(scanners)
        self._portrait = portrait
        self._clock = clock
        self._feed = feed
        self._wants_codes = wants_codes
        self._wants_judgement = wants_judgement
        self._on_view = on_view
        self._on_failure = on_failure
        self._on_frames = on_frames
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._judging = False
        self._beat = clock.monotonic()
        self._last_frame_at: float | None = None

    @property
    def last_frame_at(self) -> float | None:
        """When the newest frame was exposed, seconds of the monotonic clock; None before the first."""
        return self._last_frame_at

    @property
    def beat(self) -> float:
        """When the loop last went round, with a frame or without: seconds of the station's monotonic clock."""
        return self._beat

    def start(self) -> None:
        """Begin; does nothing when running."""
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            self._beat = self._clock.monotonic()
            self._thread = threading.Thread(target=self._run, name="live", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End within the time of one frame."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=FRAME_TIMEOUT + 1)

    def _run(self) -> None:
        seen = -1
        while not self._stop.is_set():
            self._beat = self._clock.monotonic()
            try:
                frame = self._camera.next_preview(seen, FRAME_TIMEOUT)
                seen, self._last_frame_at = frame.sequence, frame.captured_at
                self._show(frame)
            except DeviceError as error:
                seen = -1  # a reopened camera counts from zero
                self._failed(str(error))
            except Exception as error:
                log.exception("live.frame_failed")
                self._failed(f"{type(error).__name__}: {error}")
            else:
                if self._failures:
                    self._on_frames()
                self._failures = 0

    def _failed(self, what: str) -> None:
        self._failures += 1
        if self._failures == FAILURES_BEFORE_FAULT:
            self._on_failure(what)
        self._stop.wait(PAUSE_AFTER_FAILURE)

    def _show(self, frame: Frame) -> None:
        if self._wants_codes():
            for scanner in self._scanners:
                scanner.offer(frame)
        view = self._judge(frame) if self._wants_judgement() else None
        if view is None:
            self._judging = False
        self._feed.publish(LivePicture(frame, view))
        if view is not None:
            self._on_view(frame, view)

    def _judge(self, frame: Frame) -> LiveView:
        if not self._judging:
            self._portrait.reset()
            self._judging = True
        return self._portrait.live(frame.pixels, self._clock.monotonic())
