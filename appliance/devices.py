"""The body of one station as ports: which devices there are, in which order they start and stop, how each is doing.

Which drivers stand behind the ports was chosen in `composition`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from appliance.stopping import stop_together
from appliance.web.parts import StandIn
from firmware.ports import (
    Camera,
    Clock,
    CodeScan,
    CodeScanner,
    DeviceError,
    DeviceStatus,
    Indicator,
    Lamps,
    Pixels,
    PowerMonitor,
    Trigger,
    TriggerEvent,
)

log = structlog.get_logger(__name__)


class Performance(Protocol):
    """What plays with a simulated body."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


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
    performance: Performance | None = None

    def start(self, scanned: Callable[[CodeScan], None], pressed: Callable[[TriggerEvent], None]) -> None:
        """Start every device; one that fails is reported, the rest goes on, and its driver goes on trying."""
        starters: list[tuple[str, Callable[[], None]]] = [
            ("indicator", self.indicator.start),
            ("lamps", self.lamps.start),
            ("camera", self.camera.start),
            *((f"scanner {n}", lambda s=scanner: s.start(scanned)) for n, scanner in enumerate(self.scanners)),
            ("trigger", lambda: self.trigger.start(pressed)),
        ]
        for name, start in starters:
            try:
                start()
            except DeviceError as error:
                log.error("device.unavailable", device=name, error=str(error))
        if self.performance is not None:
            self.performance.start()

    def stop(self) -> None:
        """Stop every device, all at once; who plays with them first."""
        if self.performance is not None:
            self.performance.stop()
        scanners = (scanner.stop for scanner in self.scanners)
        stop_together((*scanners, self.trigger.stop, self.camera.stop, self.lamps.stop, self.indicator.stop))

    def statuses(self) -> list[DeviceStatus]:
        """How every device is doing, the camera first; never blocks."""
        return [
            self.camera.status(),
            self.lamps.status(),
            *(scanner.status() for scanner in self.scanners),
            self.trigger.status(),
            self.indicator.status(),
        ]
