"""What else follows the visit besides the screens: the lamps and the status light."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from appliance.visit.machine import State
from firmware.ports import DeviceError, Indicator, LampLevel, Lamps, Pattern

log = structlog.get_logger(__name__)

_LIT = {State.CONFIRMED, State.PAYING, State.FRAMING, State.JUDGED, State.REFUSED, State.RETAKE}

_PATTERNS = {
    State.FRAMING: Pattern.JUDGING,
    State.REFUSED: Pattern.ATTENTION,
    State.FAULT: Pattern.FAULT,
}


class Lighting:
    """Framing light while somebody sits before the camera, dark otherwise (a phone's code reads better unlit).

    Each of `busy` says that something else, such as the shutter, has the lamps now.
    """

    def __init__(self, lamps: Lamps, state: Callable[[], State], *busy: Callable[[], bool]) -> None:
        self._lamps = lamps
        self._state = state
        self._busy = busy

    def __call__(self, _topic: object = None) -> None:
        """Follow the visit."""
        wanted = LampLevel.FRAMING if self._state() in _LIT else LampLevel.OFF
        if any(taken() for taken in self._busy) or self._lamps.level is wanted:
            return
        try:
            self._lamps.set_level(wanted)
        except DeviceError as error:
            log.warning("lamps.failed", error=str(error))


class StatusLight:
    """Shows ready, judging, attention or fault."""

    def __init__(self, indicator: Indicator, state: Callable[[], State]) -> None:
        self._indicator = indicator
        self._state = state

    def __call__(self, _topic: object = None) -> None:
        """Follow the visit."""
        try:
            self._indicator.show(_PATTERNS.get(self._state(), Pattern.READY))
        except DeviceError as error:
            log.warning("indicator.failed", error=str(error))


class NewSitter:
    """Calls `begin` each time somebody begins to be framed."""

    def __init__(self, state: Callable[[], State], begin: Callable[[], None]) -> None:
        self._state = state
        self._begin = begin
        self._framing = False

    def __call__(self, _topic: object = None) -> None:
        """Follow the visit."""
        framing = self._state() is State.FRAMING
        if framing and not self._framing:
            self._begin()
        self._framing = framing
