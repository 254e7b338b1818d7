"""USB cameras: the full frame is the still, the same frame reduced is the preview."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from firmware.camera.feed import FrameFeed, Lit
from firmware.camera.webcam import LARGEST, Source, Webcam, open_device, preview_of
from firmware.ports import CameraControls, DeviceStatus, Frame, Still, StillRequirement
from firmware.worker import Patience, Worker

ADVICE = "Plug the camera in again, close other programs that use it; the station takes it back by itself."


class V4L2Camera:
    """A USB camera. `device` is a number or a path; `lit` tells which lamp level lit a stretch of time; `largest` (width, height)
    keeps frames to what the machine can read in time."""

    def __init__(
        self,
        device: int | str = 0,
        lit: Lit | None = None,
        opener: Callable[[int | str], Source] = open_device,
        name: str = "camera",
        patience: Patience | None = None,
        largest: tuple[int, int] = LARGEST,
    ) -> None:
        self._device = device
        self._lit: Lit = lit or (lambda begin, end: None)
        self._opener = opener
        self._patience = patience or Patience()
        self._largest = largest
        self._sequences: Iterator[int] = count()
        self._webcam: Webcam | None = None
        self._worker: Worker[Webcam] = Worker(name, self._make, patience=self._patience, on_failure=self._failed)
        self._feed = FrameFeed(name, self.status)

    def _make(self) -> Webcam:
        self._webcam = Webcam(
            self._device, self._opener, self._feed, self._lit, self._sequences, self._patience.step, self._largest
        )
        return self._webcam

    def _failed(self, _: BaseException) -> None:
        self._feed.clear()

    @property
    def still_size(self) -> tuple[int, int]:
        """(width, height) of a still, pixels; what was asked for until the camera has answered."""
        webcam = self._webcam
        return LARGEST if webcam is None or webcam.size is None else webcam.size

    @property
    def preview_size(self) -> tuple[int, int]:
        """(width, height) of a preview frame, pixels."""
        return preview_of(self.still_size)

    def start(self) -> None:
        """Begin; a camera that is not there is waited for, and `status` says so."""
        if self._feed.open():
            self._sequences = count()
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
        """See `firmware.ports.Camera`; waits for the camera's answer, for only it knows what it can do."""
        self._worker.submit(lambda webcam: webcam.control(controls)).result(timeout=2.5)

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Camera`."""
        return self._worker.status(ADVICE)
