"""The stand-in lamps: they light a `Scene`."""

from __future__ import annotations

from collections.abc import Callable

from firmware.lamps.driven import DrivenLamps, Limits
from firmware.ports import LampDrive
from firmware.scene.world import Scene


class _SceneLight:
    """The scene as an output."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def open(self) -> None:
        self._scene.light(LampDrive())

    def drive(self, drive: LampDrive) -> None:
        self._scene.light(drive)

    def close(self) -> None:
        self._scene.light(LampDrive())


class SceneLamps(DrivenLamps):
    """`Lamps` that burn in a `Scene`, and tell it which level burned when."""

    def __init__(
        self,
        scene: Scene,
        name: str = "lamps",
        limits: Limits | None = None,
        temperature: Callable[[], float | None] = lambda: None,
    ) -> None:
        super().__init__(_SceneLight(scene), name, limits, temperature, scene.light_record)
