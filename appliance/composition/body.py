"""The whole body that the settings name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from appliance.composition.cameras import real_camera
from appliance.composition.lamps import real_lamps
from appliance.composition.small_parts import indicator, power, scanners, trigger
from appliance.device_settings import DeviceSettings
from appliance.devices import Devices
from appliance.portrait.measurement import Message
from appliance.web.parts import Person, StandIn, Student
from firmware.camera.replay import ReplayCamera
from firmware.clock import SystemClock
from firmware.lamps.none import NoLamps
from firmware.lamps.scene import SceneLamps
from firmware.ports import PowerMonitor
from firmware.scanner.codes import read_codes
from firmware.scene.world import Scene
from firmware.trigger.standin import StandInTrigger

STAND_IN_CAST = "stand-in.json"


def devices(settings: DeviceSettings, data_dir: Path) -> Devices:
    """The drivers that `settings` name; nothing is opened yet. Raises `NoSuchDriver`."""
    return _stand_in(settings, data_dir) if settings.camera.driver == "replay" else _real(settings)


def _real(settings: DeviceSettings) -> Devices:
    monitor = power(settings.power)
    lamps = real_lamps(settings.lamps, lambda: _heat(monitor))
    return Devices(
        camera=real_camera(settings.camera, lamps.lit_during),
        lamps=lamps,
        lamps_driven=not isinstance(lamps, NoLamps),
        scanners=scanners(settings.scanners),
        trigger=trigger(settings.trigger),
        indicator=indicator(settings.indicator),
        power=monitor,
        clock=SystemClock(),
        read_codes=read_codes,
        stand_in=None,
    )


def _stand_in(settings: DeviceSettings, data_dir: Path) -> Devices:
    """A scene before the replay camera. Real scanners, buttons and lights may stand beside it; real lamps may burn, unseen."""
    scene, foot = Scene(), StandInTrigger()
    monitor = power(settings.power)
    in_scene = settings.lamps.driver in ("auto", "scene")
    lamps = SceneLamps(scene) if in_scene else real_lamps(settings.lamps, lambda: _heat(monitor))
    people, students = read_cast(data_dir / STAND_IN_CAST)
    return Devices(
        camera=ReplayCamera(scene, lamps.lit_during),
        lamps=lamps,
        lamps_driven=in_scene,
        scanners=scanners(settings.scanners),
        trigger=foot if settings.trigger.driver == "none" else trigger(settings.trigger),
        indicator=indicator(settings.indicator),
        power=monitor,
        clock=SystemClock(),
        read_codes=read_codes,
        stand_in=StandIn(stage=scene, press=foot.press, people=people, students=students),
    )


def _heat(monitor: PowerMonitor) -> float | None:
    return monitor.read().temperature_c


def read_cast(path: Path) -> tuple[Sequence[Person], Sequence[Student]]:
    """Who may sit before the stand-in camera, and which codes they hold; nobody when there is no file."""
    if not path.exists():
        return (), ()
    body = json.loads(path.read_text(encoding="utf-8"))
    people = [Person(p["id"], Message(**p["title"]), Path(p["path"])) for p in body["people"]]
    return people, [Student(**student) for student in body["students"]]
