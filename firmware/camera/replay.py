"""The stand-in camera: looks at a `Scene` as a Pi's camera looks at a student.

Preview and still of one exposure are developed from the same `Exposure`; the still only when somebody wants it, and in
that caller's thread, so that the preview goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from firmware.camera.feed import FrameFeed, Lit
from firmware.camera.standin_sensor import FRAME_RATE, RunningSensor, check_controls
from firmware.ports import CameraControls, DeviceStatus, Frame, Still, StillRequirement
from firmware.scene.world import Scene
from firmware.worker import Worker


class ReplayCamera:
    """A `Camera` on a `Scene`. `lit` tells which lamp level lit a stretch of time; the scene's own lamps unless given."""

    def __init__(
        self, scene: Scene, lit: Lit | None = None, name: str = "camera", frame_rate: float = FRAME_RATE
    ) -> None:
        self._frame_rate = frame_rate
        self._scene = scene
        self._lit: Lit = lit or scene.light_record.during
        self._next: Iterator[int] = count()
        self._worker: Worker[RunningSensor] = Worker(name, self._make, on_failure=self._failed)
        self._feed = FrameFeed(name, self._worker.status)

    def _make(self) -> RunningSensor:
        return RunningSensor(self._scene, self._feed, self._lit, self._next, self._frame_rate)

    def _failed(self, _: BaseException) -> None:
        self._feed.clear()

    @property
    def still_size(self) -> tuple[int, int]:
        """(width, height) of a still, pixels."""
        return self._scene.still_size

    @property
    def preview_size(self) -> tuple[int, int]:
        """(width, height) of a preview frame, pixels."""
        return self._scene.preview_size

    def start(self) -> None:
        """Begin to deliver frames."""
        if self._feed.open():
            self._next = count()
        self._worker.start()

    def stop(self) -> None:
        """Stop, and wake everybody who waits."""
        self._feed.close()
        self._worker.stop()

    def next_preview(self, after: int = -1, timeout: float = 2.0) -> Frame:
        """See `firmware.ports.Camera`."""
        return self._feed.newest(after, timeout)

    def capture(self, requirement: StillRequirement, timeout: float = 3.0) -> Still:
        """See `firmware.ports.Camera`."""
        return self._feed.first(requirement, timeout)

    def control(self, controls: CameraControls) -> None:
        """See `firmware.ports.Camera`."""
        check_controls(controls)
        self._worker.submit(lambda sensor: sensor.control(controls))

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Camera`."""
        return self._worker.status()
