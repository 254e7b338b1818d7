"""Every attack against one station while a visit is in progress, as a table: `python tests/faults/attacks/table.py`."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import at_the_door
import in_odd_shapes
import in_others_names
import on_the_line
import with_files
from stage import Stage

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.cast import cast_pictures
from appliance.rehearsal.visitor import Subject, Visitor

# Guessing comes last: afterwards the doors are slow for a while, as they should be.
ATTACKS: tuple[Callable[[Stage], str], ...] = (
    *on_the_line.ATTACKS,
    *with_files.ATTACKS,
    *in_others_names.ATTACKS,
    *in_odd_shapes.ATTACKS,
    *at_the_door.ATTACKS,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One attack: what the station answered; the visit went on, or this row would not be."""

    attack: str
    answer: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """All rows, the longest the tablet waited meanwhile (s), and the receipt of the visit that was in progress."""

    rows: tuple[Row, ...]
    slowest: float
    receipt: str

    def __str__(self) -> str:
        lines = [f"| {row.attack} | {row.answer} | {row.seconds:.1f} s |" for row in self.rows]
        head = "| attack | the station's answer; the visit went on | took |\n|---|---|---|\n"
        return head + "\n".join(lines) + f"\n\nthe tablet waited {self.slowest:.2f} s at most; receipt {self.receipt}"


def run(folder: Path, picture: Path) -> Outcome:
    """Raises `AssertionError` with the attack's name for one that got in or stopped the visit."""
    os.environ["STATION_HTTPS"] = "true"
    try:
        with Bench(folder) as bench, bench.door() as door:
            return _attacked(bench, Stage.set(bench, door), picture)
    finally:
        del os.environ["STATION_HTTPS"]


def _attacked(bench: Bench, stage: Stage, picture: Path) -> Outcome:
    stage.door.post(
        "/api/people",
        {"name": "值班", "role": "technician", "pin": "402817", "setup_code": stage.setup_code()},
    )
    with stage.tablet() as tablet:
        [person] = tablet.get("/api/people").json()["people"]
        assert tablet.post("/api/session", json={"operator": person["id"], "pin": "402817"}).status_code == 204
    visitor = Visitor(stage.door, lambda _step: None, patience=0.3)
    visitor.identify(bench.credentials(0))
    stage.visit_id = stage.door.visit()["id"]
    rows = []
    for attack in ATTACKS:
        begun = time.monotonic()
        try:
            answer = attack(stage)
            stage.the_visit_goes_on()
        except AssertionError as error:
            raise AssertionError(f"{attack.__name__}: {error}\n{bench.station.tail()}") from error
        rows.append(Row(attack.__name__.replace("_", " "), answer, time.monotonic() - begun))
    shot = visitor.shoot(Subject("attacked", picture))["shot"]
    capture = visitor.accept(shot["id"], None if shot["verdict"]["verdict"] == "pass" else "rehearsal")
    return Outcome(tuple(rows), stage.slowest, visitor.receipt(capture)["receipt_id"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        print(run(Path(made), cast_pictures()[-1].path))
