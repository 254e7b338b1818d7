"""The calibration of this station, its versions, and the step that runs."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from appliance.calibration.desk import Step
from appliance.calibration.store import Calibration
from appliance.web.answers.base import Answer, Words


class CalibrationVersion(Answer):
    """One that was kept. `measured` names what was measured for it; `usable` is false when its file is damaged."""

    number: int
    at: datetime | None
    measured: list[Step]
    in_use: bool
    usable: bool


class CalibrationWork(Answer):
    """The step that runs, or ran last. `now` and `best` are sharpness while focusing; `progress` is 0 to 1."""

    step: Step | None
    state: Literal["idle", "running", "done", "refused"]
    progress: float | None
    now: float | None
    best: float | None
    message: Words | None


class CalibrationShown(Answer):
    """`age_days` is the age of the oldest part, None without one or while nothing vouches for the date."""

    current: Calibration | None
    age_days: float | None
    remind_days: float
    expired_days: float
    versions: list[CalibrationVersion]
    work: CalibrationWork
