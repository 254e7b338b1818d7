"""The station's state, whole and by its parts: what `/api/state` answers and `/api/events` sends."""

from __future__ import annotations

from typing import Literal

from appliance.platform.contract import Plan
from appliance.web.answers.base import Answer, Words
from appliance.web.answers.people import Driving, Session
from appliance.web.answers.visit import Guidance, Visit
from firmware.ports import DeviceFault, DeviceState


class Station(Answer):
    """Which station this is; `instance` is another one after each start."""

    name: str
    version: str
    instance: str
    stand_in: bool


class ParkedItem(Answer):
    """A delivery that needs a person."""

    id: int
    capture_id: str
    kind: str
    error: str | None
    attempts: int


class ParkedWish(Answer):
    """A withdrawal or a problem report that the platform refused for good."""

    id: str
    kind: Literal["withdrawal", "report"]
    capture_id: str | None
    error: str | None
    attempts: int
    made_at: str


class UploadProgress(Answer):
    """The file that goes up now."""

    sent: int
    total: int
    bytes_per_s: float
    seconds_left: float | None


class LastReceipt(Answer):
    """What the platform received last."""

    capture_id: str
    receipt_id: str
    at: str


class Queue(Answer):
    """What waits for the platform. `online` is None while the delivery process shows no sign of life."""

    waiting: int
    parked: int
    receipted: int
    bytes_waiting: int
    online: bool | None
    last_error: str | None
    last_receipt: LastReceipt | None
    progress: UploadProgress | None
    paused: bool
    pause_reason: str | None
    limit: str | int | None
    metered: bool | None
    originals: str
    originals_held: int
    parked_items: list[ParkedItem]
    parked_wishes: list[ParkedWish]


class Counters(Answer):
    """The day's figures of the plan in use."""

    done: int
    waiting: int
    refused: int
    recalled: int
    receipted: int
    parked: int


class Device(Answer):
    """How one device is doing and, when it fails, what to do about it."""

    name: str
    state: DeviceState
    detail: str
    advice: str
    failures: int
    hopeless: bool
    fault: DeviceFault | None
    told: Words | None


class HealthItem(Answer):
    """One line of the station's health list."""

    name: str
    state: Literal["ok", "warn", "bad", "unknown"]
    title: Words
    value: bool | float | None
    limit: float | None
    unit: str
    advice: Words | None


class Reason(Answer):
    """Why a refused photo may be accepted."""

    id: str
    zh: str
    en: str


class Notice(Answer):
    """A passing message."""

    code: str
    severity: Literal["info", "warn", "error"]
    zh: str
    en: str


class Snapshot(Answer):
    """Everything a page needs to draw itself. `sequence` is the number of the newest event that it holds."""

    sequence: int
    station: Station
    plan: Plan | None
    visit: Visit
    guidance: Guidance | None
    queue: Queue
    counters: Counters
    devices: list[Device]
    health: list[HealthItem]
    exceptions: list[Reason]
    session: Session
    driving: Driving


class Events(Answer):
    """What each event of `/api/events` carries, by its name: the new value of that part of the snapshot, or something to show."""

    snapshot: Snapshot
    plan: Plan | None
    visit: Visit
    guidance: Guidance | None
    queue: Queue
    counters: Counters
    devices: list[Device]
    health: list[HealthItem]
    session: Session
    driving: Driving
    notice: Notice | None
    technician: dict[str, bool]
