"""The rules as rows: what is measured, at which stage, how the limit reads, and how helpful it is to say first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from appliance.portrait.measure import background, face, file, focus, geometry, hair, light, pose
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Measurement


class Reads(StrEnum):
    """How a limit is read."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    WITHIN = "within"
    MAGNITUDE = "magnitude"  # the value without its sign, at most
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the standard. `exempt` are stages in which it cannot apply, and that is said, not passed over."""

    id: str
    measure: Callable[[Subject], Measurement]
    reads: Reads
    priority: int
    stages: frozenset[Stage]
    exempt: frozenset[Stage] = frozenset()


_LIVE, _CAPTURE, _PHOTO = Stage.LIVE, Stage.CAPTURE, Stage.PHOTO
_EVERY = frozenset(Stage)
_STILL = frozenset({_CAPTURE, _PHOTO})
_FILE = {"stages": frozenset({_PHOTO}), "exempt": frozenset({_CAPTURE})}

RULES: tuple[Rule, ...] = (
    Rule("file.size", file.size, Reads.EQUAL, 90, **_FILE),
    Rule("file.resolution", file.resolution, Reads.EQUAL, 95, **_FILE),
    Rule("file.colour", file.colour, Reads.EQUAL, 92, _STILL),
    Rule("file.format", file.encoding, Reads.AT_LEAST, 91, **_FILE),
    Rule("file.bytes", file.length, Reads.WITHIN, 94, **_FILE),
    Rule("file.plain", file.plain, Reads.AT_MOST, 93, **_FILE),
    Rule("subject.single", face.single, Reads.EQUAL, 1, _EVERY),
    Rule("geometry.centred", geometry.centred, Reads.MAGNITUDE, 22, _EVERY),
    Rule("geometry.hair_top", geometry.hair_top, Reads.WITHIN, 20, _EVERY),
    Rule("geometry.eyes", geometry.eyes, Reads.WITHIN, 21, _EVERY),
    Rule("geometry.face_width", geometry.face_width, Reads.WITHIN, 19, _EVERY),
    Rule("geometry.shoulders", geometry.shoulders, Reads.MAGNITUDE, 23, _EVERY),
    Rule("background.colour", background.colour, Reads.AT_MOST, 80, frozenset({_PHOTO}), frozenset({_CAPTURE})),
    Rule("background.uniform", background.uniform, Reads.AT_MOST, 60, _STILL),
    Rule("pose.frontal", pose.frontal, Reads.AT_MOST, 10, _EVERY),
    Rule("eyes.open", face.eyes_open, Reads.AT_MOST, 12, _EVERY),
    Rule("mouth.closed", face.mouth_closed, Reads.AT_MOST, 13, _EVERY),
    Rule("head.bare", hair.bare, Reads.AT_MOST, 5, _EVERY),
    Rule("hair.brows", hair.brows, Reads.AT_MOST, 6, _EVERY),
    Rule("light.even", light.even, Reads.AT_MOST, 30, _EVERY),
    Rule("light.exposure", light.exposure, Reads.WITHIN, 31, _EVERY),
    Rule("focus.sharp", focus.sharp, Reads.AT_LEAST, 40, _EVERY),
)
