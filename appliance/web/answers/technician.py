"""What the technician's pages show."""

from __future__ import annotations

from typing import Any, Literal

from appliance.web.answers.base import Answer, Words


class Drive(Answer):
    """Drive of each lamp, 0 to 1."""

    left: float
    right: float
    background: float


class CameraFigures(Answer):
    """Figures of the newest preview frame; None where the camera does not tell."""

    sharpness: float
    brightness: float
    clipped: float
    exposure_us: float | None
    analogue_gain: float | None
    colour_gains: tuple[float, float] | None
    exposure_locked: bool
    in_focus: bool | None
    lamp_level: str
    frames_per_s: float
    drive: Drive


class Finding(Answer):
    """What the examination of the station found at one place."""

    name: str
    outcome: Literal["ok", "warn", "fail", "skipped"]
    title: Words
    value: str
    advice: Words | None


class DoctorReport(Answer):
    """The examination of the running station."""

    outcome: str
    findings: list[Finding]


class RehearsedStep(Answer):
    """One step that was done, and how long it took."""

    name: str
    ms: float
    detail: str


class Rehearsal(Answer):
    """How the newest rehearsal stands."""

    state: Literal["none", "running", "done", "failed"]
    steps: list[RehearsedStep]
    outcome: str | None
    error: str | None


class LogLine(Answer):
    """A line the station wrote, masked."""

    at: str
    level: str
    event: str
    more: str


class Log(Answer):
    """The newest lines."""

    lines: list[LogLine]


class CaptureState(Answer):
    """One capture on its way to the platform."""

    capture_id: str
    visit_id: str
    state: Literal["receipted", "waiting"]
    accepted_at: str
    photo_sha256: str
    original_sha256: str | None
    receipt: dict[str, Any] | None


class AcceptedAs(Answer):
    """The number of the capture; None while it waits for its fee."""

    capture_id: str | None


class StandInPerson(Answer):
    """A picture that can sit before the stand-in camera."""

    id: str
    title: Words


class StandInStudent(Answer):
    """A code that can be held up before it, with the answer to its question."""

    payload: str
    label: str
    answer: str


class Showing(Answer):
    """What is before the stand-in camera now."""

    person: str | None
    code: str | None


class StandInStage(Answer):
    """What a station without devices offers."""

    people: list[StandInPerson]
    students: list[StandInStudent]
    showing: Showing
