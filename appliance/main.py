"""The composition root: the only place that knows real devices from stand-ins. Everything above sees ports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from appliance.portrait.measurement import Message
from appliance.portrait.pipeline import Portrait
from appliance.portrait.profile import load_profile
from appliance.settings import Settings
from appliance.station import Devices, Station
from appliance.web.parts import Person, StandIn, Student
from firmware.camera.replay import ReplayCamera
from firmware.camera.v4l2 import V4L2Camera
from firmware.clock import SystemClock
from firmware.indicator.standin import StandInIndicator
from firmware.lamps.none import NoLamps
from firmware.lamps.scene import SceneLamps
from firmware.power.linux import LinuxPower
from firmware.scanner.codes import read_codes
from firmware.scanner.optical import OpticalScanner
from firmware.scene.world import Scene
from firmware.trigger.standin import StandInTrigger
from models.install import digests, networks_dir

STAND_IN_CAST = "stand-in.json"


def station(settings: Settings, *, pairing_code: str) -> Station:
    """The station that `settings` describe, not yet started. Raises `NetworkMissing`, `LedgerUnreadable`, `ProfileError`."""
    portrait = Portrait(networks_dir(), load_profile(settings.profile), threads=settings.threads)
    return Station(
        settings,
        devices(settings),
        portrait,
        version=version("capture-station"),
        networks=digests(),
        pairing_code=pairing_code,
    )


def devices(settings: Settings) -> Devices:
    """The drivers that `settings` name."""
    return _webcam(settings) if settings.camera == "v4l2" else _stand_in(settings)


def _stand_in(settings: Settings) -> Devices:

    scene, trigger = Scene(), StandInTrigger()
    lamps = SceneLamps(scene)
    people, students = read_cast(settings.data_dir / STAND_IN_CAST)
    return Devices(
        camera=ReplayCamera(scene, lamps.lit_during),
        lamps=lamps,
        scanners=(OpticalScanner(),),
        trigger=trigger,
        indicator=StandInIndicator(),
        power=LinuxPower(),
        clock=SystemClock(),
        read_codes=read_codes,
        stand_in=StandIn(stage=scene, press=trigger.press, people=people, students=students),
    )


def _webcam(settings: Settings) -> Devices:
    lamps = NoLamps()
    return Devices(
        camera=V4L2Camera(settings.camera_device, lamps.lit_during),
        lamps=lamps,
        scanners=(OpticalScanner(),),
        trigger=StandInTrigger(),
        indicator=StandInIndicator(),
        power=LinuxPower(),
        clock=SystemClock(),
        read_codes=read_codes,
        stand_in=None,
    )


def read_cast(path: Path) -> tuple[Sequence[Person], Sequence[Student]]:
    """Who may sit before the stand-in camera, and which codes they hold; nobody when there is no file."""
    if not path.exists():
        return (), ()
    body = json.loads(path.read_text(encoding="utf-8"))
    people = [Person(p["id"], Message(**p["title"]), Path(p["path"])) for p in body["people"]]
    return people, [Student(**student) for student in body["students"]]
