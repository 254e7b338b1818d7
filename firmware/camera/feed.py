"""Where a camera's owner thread leaves its newest frames and others wait for them.

The last few exposures are kept, so that the still can be the very frame that guidance judged. Nothing is queued: who
is slow misses frames.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from firmware.ports import (
    DeviceState,
    DeviceStatus,
    DeviceTimeout,
    DeviceUnavailable,
    Frame,
    LampLevel,
    Pixels,
    Still,
    StillRequirement,
)

Lit = Callable[[float, float], LampLevel | None]  # which level burned from ... to ... (monotonic seconds)

PATIENCE = 0.25  # seconds between two looks at the camera's health while waiting


def _nothing() -> None:
    """Plain memory is held by whoever looks at it."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """One exposure: its preview, and how to get its full-resolution pixels.

    Where those lie in a buffer of the camera, `acquire` and `release` count who holds it; the feed takes over one hold.
    """

    frame: Frame
    develop: Callable[[], Pixels]
    acquire: Callable[[], object] = _nothing
    release: Callable[[], object] = _nothing


class FrameFeed:
    """Newest frames of one camera. Whoever waits asks for its `status` now and then, so that a hung camera is noticed."""

    def __init__(self, name: str, status: Callable[[], DeviceStatus], keep: int = 4) -> None:
        self._name = name
        self._status = status
        self._changed = threading.Condition()
        self._kept: deque[Exposed] = deque(maxlen=keep)
        self._open = False

    def open(self) -> bool:
        """Frames may come; False when they already might."""
        with self._changed:
            if self._open:
                return False
            self._drop_all()
            self._open = True
            return True

    def clear(self) -> None:
        """Forget what was kept: the camera failed, and an old frame is no newest frame."""
        with self._changed:
            self._drop_all()

    def close(self) -> None:
        """No more frames: everybody who waits gets `DeviceUnavailable`."""
        with self._changed:
            self._open = False
            self._drop_all()
            self._changed.notify_all()

    def publish(self, exposed: Exposed) -> None:
        """Leave the newest exposure."""
        with self._changed:
            if not self._open:
                exposed.release()
                return
            if len(self._kept) == self._kept.maxlen:
                self._kept.popleft().release()
            self._kept.append(exposed)
            self._changed.notify_all()

    def newest(self, after: int, timeout: float) -> Frame:
        """The newest preview with `sequence > after`. Raises `DeviceTimeout`, `DeviceUnavailable`."""

        def find() -> Exposed | None:
            return self._kept[-1] if self._kept and self._kept[-1].frame.sequence > after else None

        return self._wait(find, timeout, f"no frame after {after}").frame

    def first(self, requirement: StillRequirement, timeout: float) -> Still:
        """The first exposure that fulfils `requirement`, developed. Raises `DeviceTimeout`, `DeviceUnavailable`."""

        def find() -> Exposed | None:
            chosen = next((exposed for exposed in self._kept if requirement.accepts(exposed.frame)), None)
            if chosen is not None:
                chosen.acquire()
            return chosen

        chosen = self._wait(find, timeout, f"no frame fulfilled {requirement}")
        try:
            return Still(pixels=chosen.develop(), preview=chosen.frame)
        finally:
            chosen.release()

    def _wait(self, find: Callable[[], Exposed | None], timeout: float, missed: str) -> Exposed:
        end = time.monotonic() + timeout
        while True:
            with self._changed:
                if not self._open:
                    raise DeviceUnavailable(f"{self._name} is stopped; start it first")
                found = find()
                if found is not None:
                    return found
                left = end - time.monotonic()
                if left > 0:
                    self._changed.wait(min(left, PATIENCE))
            status = self._status()
            if left <= 0:
                if status.state is DeviceState.FAILING:
                    raise DeviceUnavailable(f"{status.detail}. {status.advice}")
                raise DeviceTimeout(f"{self._name}: {missed} within {timeout:.1f} s; {self._last()}")

    def _drop_all(self) -> None:
        while self._kept:
            self._kept.popleft().release()

    def _last(self) -> str:
        with self._changed:
            return f"the last frame was {self._kept[-1].frame.sequence}" if self._kept else "no frame came at all"
