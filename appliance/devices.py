"""The body of a station, as ports: which drivers stand behind them is chosen in `main.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appliance.web.parts import StandIn
from firmware.ports import Camera, Clock, CodeScanner, Indicator, Lamps, Pixels, PowerMonitor, Trigger


@dataclass(frozen=True, slots=True)
class Devices:
    """The body, as ports; `stand_in` where there is no real camera. `lamps_driven`: the camera sees what the lamps do."""

    camera: Camera
    lamps: Lamps
    scanners: Sequence[CodeScanner]
    trigger: Trigger
    indicator: Indicator
    power: PowerMonitor
    clock: Clock
    read_codes: Callable[[Pixels], list[str]]
    stand_in: StandIn | None
    lamps_driven: bool = False
