"""Calibration of a station that runs: one step at a time in a thread of its own, with progress, in effect as soon as it is kept.

While a step runs no visit begins: it has the camera and the lamps.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeVar

import structlog

from appliance.calibration import steps
from appliance.calibration.apply import Calibrated
from appliance.calibration.errors import CalibrationRefused
from appliance.calibration.store import Backdrop, Calibration, Focus, Grey, Lens
from appliance.portrait.measurement import Message
from appliance.portrait.pipeline import Portrait
from firmware.ports import DeviceError, LampLevel, Lamps

log = structlog.get_logger(__name__)

Step = Literal["focus", "grey", "backdrop", "lens"]
Changed = TypeVar("Changed")
BUSY = Message(zh="本机正在校准，请等它结束", en="the station is being calibrated: wait for its end")


class Room(Protocol):
    """Who lets students in."""

    def reserve(self, why: Message) -> None:
        """No visit begins from now on. Raises when one is in progress, or something else is going on."""
        ...

    def free(self) -> None:
        """Visits may begin again."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """The step that runs or ran last. `now` and `best` are sharpness while focusing; `progress` is 0 to 1, or None."""

    step: Step | None = None
    state: Literal["idle", "running", "done", "refused"] = "idle"
    progress: float | None = None
    now: float | None = None
    best: float | None = None
    message: Message | None = None


class CalibrationDesk:
    """What was measured is in effect at once: on the camera of `calibrated`, and in `portrait`."""

    def __init__(self, calibrated: Calibrated, portrait: Portrait, lamps: Lamps, room: Room) -> None:
        self.calibrated, self.store = calibrated, calibrated.store
        self._portrait, self._lamps, self._room = portrait, lamps, room
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._work = Work()

    @property
    def work(self) -> Work:
        """How it stands."""
        return self._work

    @property
    def busy(self) -> bool:
        """Whether a step has camera and lamps."""
        return self._work.state == "running"

    def begin(self, step: Step) -> None:
        """Start a step. Raises `VisitError` while a visit or another step is in progress."""
        self._room.reserve(BUSY)
        self._done.clear()
        self._work = Work(step, "running", None if step == "focus" else 0.0)
        self._thread = threading.Thread(target=self._run, args=(step,), name="calibration", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """The lens is where it should be; nothing for a step that ends by itself."""
        self._done.set()

    def stop(self) -> None:
        """The station stops."""
        self._done.set()
        if self._thread is not None:
            self._thread.join(timeout=2 * steps.SETTLES_WITHIN)

    def use(self, number: int) -> Calibration:
        """An earlier version again, at once. Raises `CalibrationRefused`, `VisitError`."""
        return self._between(lambda: self.store.use(number))

    def undo(self) -> Calibration | None:
        """The version before the one in use; None when that was the first. Raises `VisitError`."""
        return self._between(self.store.undo)

    def _between(self, change: Callable[[], Changed]) -> Changed:
        self._room.reserve(BUSY)
        try:
            changed = change()
            self.calibrated.take_up(self._portrait)
        finally:
            self._room.free()
        return changed

    def _run(self, step: Step) -> None:
        outcome = replace(self._work, state="refused")
        try:
            self._keep(step)
            outcome = replace(self._work, state="done", progress=1.0)
        except CalibrationRefused as error:
            outcome = self._refused(step, error.message)
        except DeviceError as error:
            outcome = self._refused(step, Message(zh=f"设备没有完成：{error}", en=f"a device failed: {error}"))
        except OSError as error:
            outcome = self._refused(step, Message(zh=f"没有存下来：{error}", en=f"it could not be kept: {error}"))
        finally:
            self._rest()
            self._work = outcome
            self._room.free()

    def _keep(self, step: Step) -> None:
        measured = self._measured(step)
        kept = self.store.add(self.calibrated.camera.still_size, **{step: measured})
        if not self.calibrated.take_up(self._portrait) and step == "backdrop":
            self.store.undo()
            raise CalibrationRefused(
                "背景图里有人或不可用，已保留原来的：请让开后再拍一次",
                "somebody is in the picture of the backdrop; the one before stays in use: clear the view and try again",
            )
        log.info("calibration.kept", step=step, number=kept.number)

    def _measured(self, step: Step) -> Focus | Grey | Backdrop | Lens:
        camera, lamps, now = self.calibrated.camera, self._lamps, self.calibrated.clock.read().utc
        if step == "focus":
            return steps.focus(camera, now, steps.LONGEST_FOCUS, self._tell_sharpness, self._done.is_set)
        if step == "grey":
            return steps.grey(camera, lamps, now, self._tell)
        if step == "backdrop":
            return steps.backdrop(camera, lamps, self.store, now, self._tell)
        return steps.lens(camera, lamps, now, self._tell)

    def _tell(self, share: float) -> None:
        self._work = replace(self._work, progress=round(share, 2))

    def _tell_sharpness(self, now: float, best: float) -> None:
        self._work = replace(self._work, now=round(now, 2), best=round(best, 2))

    def _refused(self, step: Step, why: Message) -> Work:
        log.warning("calibration.refused", step=step, why=why.en)
        self.calibrated.take_up(self._portrait)  # a step may have left the camera with gains of its own
        return replace(self._work, state="refused", message=why)

    def _rest(self) -> None:
        try:
            self._lamps.set_level(LampLevel.OFF)
        except DeviceError as error:
            log.warning("lamps.failed", error=str(error))
