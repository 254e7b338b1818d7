"""What the tablet draws over the live picture: outline, lines, and which of them are good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from appliance.portrait.measurement import Outcome
from appliance.portrait.observe import Observation
from appliance.portrait.verdict import Verdict
from models.mesh import CHIN, LEFT_CHEEK, LEFT_PUPIL, RIGHT_CHEEK, RIGHT_PUPIL

OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150),
    *(136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
_SHOULDERS = 0.95  # face widths from the midline, and below the chin
_PARTS = {
    "head": (
        "geometry.centred",
        "geometry.hair_top",
        "geometry.face_width",
        "pose.frontal",
        "head.bare",
        "subject.single",
    ),
    "eyes": ("geometry.eyes", "eyes.open", "hair.brows"),
    "mouth": ("mouth.closed",),
    "shoulders": ("geometry.shoulders",),
}
State = Literal["good", "bad", "unknown"]


@dataclass(frozen=True, slots=True)
class Overlay:
    """Coordinates are shares of the frame's width and height; `None` where there is nobody."""

    head: list[list[float]] | None
    eye_line: list[list[float]] | None
    chin: list[float] | None
    shoulders: list[list[float]] | None
    states: dict[str, State]

    def as_dict(self) -> dict[str, Any]:
        """As the tablet gets it."""
        return {
            "head": self.head,
            "eye_line": self.eye_line,
            "chin": self.chin,
            "shoulders": self.shoulders,
            "states": self.states,
        }


def overlay(seen: Observation, verdict: Verdict) -> Overlay:
    """The drawing that belongs to one judged frame."""
    states = {part: _state(verdict, rules) for part, rules in _PARTS.items()}
    if seen.mesh is None:
        return Overlay(None, None, None, None, states)
    size = np.array(seen.size, np.float32)
    points = seen.mesh.points[:, :2] / size
    width = float(np.linalg.norm(seen.mesh.points[LEFT_CHEEK, :2] - seen.mesh.points[RIGHT_CHEEK, :2]))
    chin = seen.mesh.points[CHIN, :2]
    line = [(chin + np.array([side * _SHOULDERS * width, 0.45 * width])) / size for side in (-1, 1)]
    return Overlay(
        head=[_point(points[index]) for index in OVAL],
        eye_line=[_point(points[RIGHT_PUPIL]), _point(points[LEFT_PUPIL])],
        chin=_point(points[CHIN]),
        shoulders=[_point(end) for end in line],
        states=states,
    )


def _point(values: Any) -> list[float]:
    return [round(float(values[0]), 4), round(float(values[1]), 4)]


def _state(verdict: Verdict, rules: tuple[str, ...]) -> State:
    found = {result.outcome for result in verdict.rules if result.id in rules}
    if Outcome.FAIL in found:
        return "bad"
    return "good" if found == {Outcome.PASS} else "unknown"
