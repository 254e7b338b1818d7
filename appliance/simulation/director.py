"""Plays a script on the stand-in's world, in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog

from appliance.portrait.errors import UnreadablePicture
from appliance.portrait.picture_file import read_picture
from appliance.simulation.script import Act, Script, ScriptError
from firmware.ports import DeviceError, Pixels
from firmware.power.standin import StandInPower
from firmware.scene.mishaps import CameraMishap
from firmware.scene.phone import Phone
from firmware.scene.world import Scene

log = structlog.get_logger(__name__)

STUDENT = "student:"
POWER = ("battery_percent", "on_battery", "temperature_c", "undervoltage")


class Director:
    """Has `scene`, `power` and foot switch do what the script says, from `start` on.

    Pictures are read and codes resolved in the constructor: raises `ScriptError` for any that are not there.
    """

    def __init__(
        self,
        script: Script,
        scene: Scene,
        power: StandInPower,
        press: Callable[[], None],
        people: Mapping[str, Path],
        payloads: Sequence[str],
    ) -> None:
        self._script = script
        self._scene = scene
        self._power = power
        self._press = press
        self._pictures = {act.person: _picture(act.person, people) for act in script.act if act.person}
        self._codes = {act.code: _payload(act.code, payloads) for act in script.act if act.code}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.played = 0  # acts so far

    def start(self) -> None:
        """Begin; does nothing when it plays."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._play, name="simulation", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the act at hand; a hanging camera is let go, so that it can be stopped."""
        self._stop.set()
        if self._scene.mishaps.camera is CameraMishap.HANGS:
            self._scene.mishaps.befall_camera(CameraMishap.NONE)
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(timeout=2.0)

    def _play(self) -> None:
        log.info("simulation.started", title=self._script.title)
        while not self._stop.is_set():
            begun = time.monotonic()
            for act in self._script.act:
                if self._stop.wait(max(0.0, begun + act.at - time.monotonic())):
                    return
                self._perform(act)
            again = self._script.repeat_after
            if again is None or self._stop.wait(max(0.0, begun + again - time.monotonic())):
                break
        log.info("simulation.ended", title=self._script.title)

    def _perform(self, act: Act) -> None:
        self.played += 1
        if act.say:
            log.info("simulation.act", say=act.say)
        if act.person is not None:
            self._seat(act.person)
        if act.code is not None:
            self._hold_up(act)
        mishaps = self._scene.mishaps
        if act.camera is not None:
            mishaps.befall_camera(act.camera)
        for lamp, dead in ((act.lamp_fails, True), (act.lamp_works, False)):
            if lamp is not None:
                mishaps.fail_lamp(lamp, dead=dead)
        changes: dict[str, Any] = {name: value for name in POWER if (value := getattr(act, name)) is not None}
        if changes:
            self._power.become(**changes)
        if act.press:
            try:
                self._press()
            except DeviceError as error:  # stopped meanwhile
                log.info("simulation.nobody_listens", error=str(error))

    def _seat(self, person: str) -> None:
        if person:
            self._scene.show_person(self._pictures[person], person)
        else:
            self._scene.clear_person()

    def _hold_up(self, act: Act) -> None:
        if act.code:
            self._scene.show_code(self._codes[act.code], Phone(**act.phone.model_dump()))
        else:
            self._scene.clear_code()


def _picture(person: str, people: Mapping[str, Path]) -> Pixels:
    path = people.get(person, Path(person))
    try:
        return read_picture(path).pixels
    except (OSError, UnreadablePicture) as error:
        known = ", ".join(people) or "none: type station cast install"
        raise ScriptError(f"person {person!r}: no such picture ({error}); installed are {known}") from error


def _payload(code: str, payloads: Sequence[str]) -> str:
    if not code.startswith(STUDENT):
        return code
    number = code.removeprefix(STUDENT)
    if not number.isdecimal() or not 1 <= int(number) <= len(payloads):
        raise ScriptError(f"code {code!r}: the stand-in's list has {len(payloads)} students, counted from 1")
    return payloads[int(number) - 1]
