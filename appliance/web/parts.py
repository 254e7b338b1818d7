"""What the web room is given by the composition root; it builds nothing of this itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from appliance.calibration.desk import CalibrationDesk
from appliance.ledger.store import Ledger
from appliance.portrait.measurement import Message
from appliance.update.desk import UpdateDesk
from appliance.visit.conductor import Conductor
from appliance.visit.feed import LiveFeed
from appliance.visit.identification import Identification
from appliance.visit.plans import PlanBook
from appliance.visit.records import Records
from appliance.visit.reflexes import Reflexes
from appliance.visit.reports import Reports
from appliance.visit.withdrawals import Withdrawals
from appliance.web.people import new_setup_code
from firmware.ports import Clock, DeviceStatus, Lamps, Pixels


class Stage(Protocol):
    """The stand-in's world: who sits before the camera and which code is held up."""

    def show_person(self, pixels: Pixels) -> None:
        """Somebody sits down; `pixels` (H, W, 3) BGR is the photograph that plays them."""
        ...

    def show_code(self, payload: str) -> None:
        """A phone with this code is held up."""
        ...

    def clear_person(self) -> None:
        """Nobody sits there."""
        ...

    def clear_code(self) -> None:
        """No code is held up."""
        ...

    def wait_settled(self, timeout: float = 5.0) -> bool:
        """Wait until frames show what was last asked for; `False` when that took longer than `timeout` seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """A photograph that can sit before the stand-in camera."""

    id: str
    title: Message
    path: Path


@dataclass(frozen=True, slots=True)
class Student:
    """A code that can be held up before the stand-in camera; `answer` is printed for whoever plays the student."""

    payload: str
    label: str
    answer: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """What a station without real devices offers beside the real interface."""

    stage: Stage
    press: Callable[[], None]
    people: Sequence[Person] = ()
    students: Sequence[Student] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """The running station, as the web room sees it."""

    name: str
    version: str
    instance: str
    ledger: Ledger
    conductor: Conductor
    identification: Identification
    plans: PlanBook
    choose_plan: Callable[[str], None]
    feed: LiveFeed
    clock: Clock
    devices: Callable[[], list[DeviceStatus]]
    queue: Callable[[], dict[str, Any]]
    retry: Callable[[int], bool]
    retry_wish: Callable[[str], bool]
    read_codes: Callable[[Pixels], list[str]]
    pairing_code: str
    records: Records
    withdrawals: Withdrawals
    reports: Reports
    counters: Callable[[], dict[str, int]]
    lamps: Lamps
    updates: UpdateDesk
    calibration: CalibrationDesk
    reflexes: Reflexes
    health: Callable[[], list[dict[str, Any]]] = list
    doctor: Callable[[], dict[str, Any]] = dict
    stand_in: StandIn | None = None
    setup_code: str = field(default_factory=new_setup_code)  # for the first technician; shown on the console
    sign_out_s: float = 900.0  # seconds a tablet may rest before it asks for the PIN again
