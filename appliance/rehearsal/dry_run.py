"""Where a rehearsal takes place: on the station that runs here, or on one started for it with a platform of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.door import StationDoor
from appliance.rehearsal.rehearse import Rehearsal
from appliance.rehearsal.steps import Report, Step
from appliance.rehearsal.subjects import SITTER, from_cast, from_path
from appliance.rehearsal.visitor import Credentials, Subject, Visitor


class NoCode(ValueError):
    """A station with real devices needs a code that somebody can hold up."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the technician asked for; `keep` is the folder for the finished photo."""

    photos: Path | None
    exception: str | None
    keep: Path
    code: str | None
    answer: str
    on_step: Callable[[Step], None]
    on_code: Callable[[str], None]  # called with the code that a person has to hold up


def on_own_station(camera: str, wishes: Wishes) -> Report:
    """Start platform, station and delivery for this rehearsal alone. Raises `NobodyToPhotograph`, `ChildFailed`, `OSError`."""
    subjects = [SITTER] if camera != "replay" else _subjects(wishes)
    with (
        tempfile.TemporaryDirectory(prefix="station-bench-") as folder,
        Bench(Path(folder), camera=camera) as bench,
        bench.door() as door,
    ):
        if camera != "replay":
            wishes.on_code(bench.credentials(0).payload)
        return _rehearsal(door, bench.credentials, wishes).run(subjects)


def on_running_station(door: StationDoor, wishes: Wishes) -> Report:
    """Rehearse on the station behind `door`. Raises `NoCode`, `NobodyToPhotograph`, `StationSilent`, `StationRefused`."""
    stand_in: bool = door.get("/api/state")["station"]["stand_in"]
    held = _held(door, wishes, stand_in=stand_in)
    if not stand_in:
        wishes.on_code(held[0].payload)
    subjects = _subjects(wishes) if stand_in else [SITTER]
    return _rehearsal(door, lambda number: held[number % len(held)], wishes).run(subjects)


def _rehearsal(door: StationDoor, credentials: Callable[[int], Credentials], wishes: Wishes) -> Rehearsal:
    return Rehearsal(
        lambda on_step: Visitor(door, on_step),
        credentials,
        photos=wishes.keep,
        exception=wishes.exception,
        on_step=wishes.on_step,
    )


def _subjects(wishes: Wishes) -> list[Subject]:
    return from_cast() if wishes.photos is None else from_path(wishes.photos)


def _held(door: StationDoor, wishes: Wishes, *, stand_in: bool) -> list[Credentials]:
    if wishes.code is not None:
        return [Credentials(wishes.code, wishes.answer)]
    students = door.get("/api/stand-in")["students"] if stand_in else []
    if not students:
        msg = "name the code to hold up: --code and --answer of a student that the platform made for rehearsals"
        raise NoCode(msg)
    return [Credentials(student["payload"], student["answer"]) for student in students]
