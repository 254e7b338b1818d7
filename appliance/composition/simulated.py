"""The body of a simulated bench: stand-ins only, and the director that plays with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from appliance.composition.body import STAND_IN_CAST, read_cast
from appliance.devices import Devices
from appliance.simulation.director import Director
from appliance.simulation.script import Script
from appliance.web.parts import StandIn
from firmware.camera.replay import ReplayCamera
from firmware.clock import SystemClock
from firmware.indicator.standin import StandInIndicator
from firmware.lamps.scene import SceneLamps
from firmware.power.standin import StandInPower
from firmware.scanner.codes import read_codes
from firmware.scanner.optical import OpticalScanner
from firmware.scene.world import Scene
from firmware.trigger.standin import StandInTrigger


def simulated(script: Script, data_dir: Path, people: Mapping[str, Path]) -> Devices:
    """Every device a stand-in; `people` are pictures by id. Raises `ScriptError`."""
    scene, foot, power = Scene(), StandInTrigger(), StandInPower()
    lamps = SceneLamps(scene)
    cast, students = read_cast(data_dir / STAND_IN_CAST)
    director = Director(
        script,
        scene,
        power,
        foot.press,
        {person.id: person.path for person in cast} | dict(people),
        [student.payload for student in students],
    )
    return Devices(
        camera=ReplayCamera(scene, lamps.lit_during),
        lamps=lamps,
        scanners=(OpticalScanner(),),
        trigger=foot,
        indicator=StandInIndicator(),
        power=power,
        clock=SystemClock(),
        read_codes=read_codes,
        stand_in=StandIn(stage=scene, press=foot.press, people=cast, students=students),
        lamps_driven=True,
        performance=director,
    )
