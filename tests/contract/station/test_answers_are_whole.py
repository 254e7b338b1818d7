"""What the station pushes and what it answers is the same: its models name every part of the state, at every step of a visit."""

from __future__ import annotations

import json
from typing import Any

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.door import StationDoor
from appliance.rehearsal.visitor import Subject, Visitor
from appliance.web.answers.station import Snapshot


def pushed(door: StationDoor) -> dict[str, Any]:
    """The snapshot with which the stream of events begins: as it was drawn, before any model saw it."""
    with door._http.stream("GET", "/api/events") as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                found: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return found
    raise AssertionError("the stream ended before its snapshot")


def unnamed(said: Any, shown: Any, where: str = "") -> list[str]:
    """Keys of what was said that are not in what was shown, with the way to them."""
    if isinstance(said, dict) and isinstance(shown, dict):
        lost = [f"{where}.{key}" for key in said.keys() - shown.keys()]
        both = said.keys() & shown.keys()
        return lost + [more for key in both for more in unnamed(said[key], shown[key], f"{where}.{key}")]
    if isinstance(said, list) and isinstance(shown, list):
        return [more for one, other in zip(said, shown, strict=True) for more in unnamed(one, other, where)]
    return []


def whole(door: StationDoor, state: str) -> None:
    said = pushed(door)
    assert said["visit"]["state"] == state
    assert unnamed(said, Snapshot.model_validate(said).model_dump(mode="json")) == []


def test_nothing_of_the_state_is_lost_on_the_way(
    bench: Bench, door: StationDoor, visitor: Visitor, subject: Subject
) -> None:
    whole(door, "idle")
    visitor.identify(bench.credentials(1))
    whole(door, "framing")
    shot = visitor.shoot(subject)
    whole(door, shot["state"])
    assert door.visit() == door.get("/api/state")["visit"]
