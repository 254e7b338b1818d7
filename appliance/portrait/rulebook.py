"""The rules as rows: what is measured, at which stage, how the limit reads, and how helpful it is to say first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from appliance.portrait.measure import (
    background,
    clothes,
    ears,
    eyes,
    file,
    focus,
    framed,
    geometry,
    hair,
    light,
    mouth,
    people,
    pose,
    recapture,
    shadow,
    truth,
    worn,
)
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Measurement

Measure = Callable[[Subject], Measurement]


class Reads(StrEnum):
    """How a limit is read."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    WITHIN = "within"
    MAGNITUDE = "magnitude"  # the value without its sign, at most
    EQUAL = "equal"


_LIVE, _CAPTURE, _PHOTO = Stage.LIVE, Stage.CAPTURE, Stage.PHOTO
_EVERY, _STILL, _FILE = frozenset(Stage), frozenset({_CAPTURE, _PHOTO}), frozenset({_PHOTO})


@dataclass(frozen=True, slots=True)
class Part:
    """One measure of a rule and the profile's limit for it; `limit` is `None` for a question that has none. `iso` is the quality
    measure of ISO/IEC 29794-5 that looks at the same property, where there is one. A part that only `supports` counts where it
    could be measured; the rule stands without it."""

    measure: Measure
    reads: Reads
    limit: str | None
    stages: frozenset[Stage] = _EVERY
    iso: str | None = None
    supports: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the standard: it holds when each of its parts does. `exempt` are stages in which it cannot apply, and that is
    said, not passed over. `advisory` rules are put to the operator and never decide; of a rule that `asks`, so is what its measures
    do not find fault with, since they can overlook what it forbids."""

    id: str
    parts: tuple[Part, ...]
    priority: int
    stages: frozenset[Stage]
    exempt: frozenset[Stage] = frozenset()
    advisory: bool = False
    asks: bool = False


def _rule(
    rule: str,
    measure: Measure,
    reads: Reads,
    priority: int,
    stages: frozenset[Stage] = _EVERY,
    iso: str | None = None,
) -> Rule:
    """A rule of one part whose limit bears its own name."""
    return Rule(rule, (Part(measure, reads, rule, iso=iso),), priority, stages)


def _file(rule: str, measure: Measure, reads: Reads, priority: int) -> Rule:
    """A rule of the finished file, met when the photo is made."""
    return Rule(rule, (Part(measure, reads, rule),), priority, _FILE, frozenset({_CAPTURE}))


RULES: tuple[Rule, ...] = (
    _file("file.size", file.size, Reads.EQUAL, 90),
    _file("file.resolution", file.resolution, Reads.EQUAL, 95),
    _rule("file.colour", file.colour, Reads.EQUAL, 92, _STILL),
    _file("file.format", file.encoding, Reads.AT_LEAST, 91),
    _file("file.bytes", file.length, Reads.WITHIN, 94),
    _file("file.plain", file.plain, Reads.AT_MOST, 93),
    _rule("subject.single", people.single, Reads.EQUAL, 1, iso="SingleFacePresent"),
    _rule("geometry.centred", geometry.centred, Reads.MAGNITUDE, 22),
    _rule("geometry.hair_top", geometry.hair_top, Reads.WITHIN, 20),
    _rule("geometry.eyes", geometry.eyes, Reads.WITHIN, 21),
    _rule("geometry.face_width", geometry.face_width, Reads.WITHIN, 19, iso="HeadSize"),
    Rule(
        "geometry.shoulders",
        (
            Part(geometry.shoulders, Reads.MAGNITUDE, "geometry.shoulders"),
            Part(geometry.body_missing, Reads.AT_MOST, "geometry.shoulders.missing"),
        ),
        23,
        _EVERY,
    ),
    _file("background.colour", background.colour, Reads.AT_MOST, 80),
    Rule(
        "background.uniform",
        (
            Part(background.uniform, Reads.AT_MOST, "background.uniform", iso="BackgroundUniformity"),
            Part(people.beside, Reads.AT_MOST, "background.uniform.people"),
        ),
        60,
        _STILL,
    ),
    Rule(
        "pose.frontal",
        (
            Part(pose.yaw, Reads.MAGNITUDE, "pose.frontal.yaw", iso="HeadPoseYaw"),
            Part(pose.roll, Reads.MAGNITUDE, "pose.frontal.roll", iso="HeadPoseRoll"),
            Part(pose.pitch, Reads.MAGNITUDE, "pose.frontal.pitch", iso="HeadPosePitch"),
        ),
        10,
        _EVERY,
    ),
    _rule("eyes.open", eyes.shut, Reads.AT_MOST, 12, iso="EyesOpen"),
    Rule(
        "eyes.gaze",
        (
            Part(eyes.sideways, Reads.MAGNITUDE, "eyes.gaze.sideways"),
            Part(eyes.upward, Reads.MAGNITUDE, "eyes.gaze.upward"),
        ),
        14,
        _EVERY,
    ),
    _rule("eyes.red", eyes.red, Reads.AT_MOST, 35, _STILL),
    Rule(
        "mouth.closed",
        (
            Part(mouth.gap, Reads.AT_MOST, "mouth.closed", frozenset({_CAPTURE}), "MouthClosed"),
            Part(mouth.seam, Reads.AT_MOST, "mouth.closed.seam", frozenset({_CAPTURE}), "MouthClosed"),
            Part(mouth.gap, Reads.AT_MOST, "mouth.closed.small", frozenset({_LIVE, _PHOTO}), "MouthClosed"),
        ),
        13,
        _EVERY,
    ),
    Rule(
        "expression.neutral",
        (
            Part(mouth.smile, Reads.AT_MOST, "expression.neutral", iso="ExpressionNeutrality"),
            Part(mouth.corners, Reads.AT_MOST, "expression.neutral.corners", iso="ExpressionNeutrality"),
        ),
        15,
        _EVERY,
    ),
    _rule("ears.visible", ears.visible, Reads.AT_LEAST, 8),
    _rule("hair.brows", hair.brows, Reads.AT_MOST, 6),
    _rule("hair.eyes", hair.eyes, Reads.AT_MOST, 5, iso="EyesVisible"),
    _rule("hair.ears", ears.under_hair, Reads.AT_MOST, 7),
    _rule("glasses.tinted", worn.tint, Reads.AT_MOST, 3),
    _rule("glasses.frame", worn.frame, Reads.AT_MOST, 4, iso="EyesVisible"),
    _rule("glasses.glare", worn.glare, Reads.AT_MOST, 33, _STILL),
    _rule("head.bare", worn.head_covering, Reads.AT_MOST, 2, iso="NoHeadCoverings"),
    Rule("makeup.light", (Part(truth.question, Reads.EQUAL, None),), 99, _STILL, advisory=True),
    Rule(
        "jewellery.none",
        (Part(worn.jewellery, Reads.AT_MOST, "jewellery.none"),),
        9,
        _STILL,
        asks=True,
    ),
    Rule(
        "clothes.contrast",
        (
            Part(clothes.contrast, Reads.AT_LEAST, "clothes.contrast"),
            Part(clothes.pattern, Reads.AT_MOST, "clothes.contrast.pattern", _STILL),
            Part(clothes.bare, Reads.AT_MOST, "clothes.contrast.bare"),
        ),
        24,
        _EVERY,
    ),
    Rule(
        "light.even",
        (
            Part(light.balance, Reads.AT_MOST, "light.even", iso="IlluminationUniformity"),
            Part(light.slope, Reads.AT_MOST, "light.even.slope", iso="IlluminationUniformity"),
            Part(shadow.sockets, Reads.AT_MOST, "light.even.sockets", _STILL),
            Part(shadow.nose, Reads.AT_MOST, "light.even.nose", _STILL),
            Part(shadow.chin, Reads.AT_MOST, "light.even.chin", _STILL),
            Part(shadow.shine, Reads.AT_MOST, "light.even.shine", _STILL, "OverExposurePrevention"),
        ),
        30,
        _EVERY,
    ),
    Rule(
        "light.exposure",
        (
            Part(light.brightness, Reads.WITHIN, "light.exposure", iso="LuminanceMean"),
            Part(light.hue, Reads.WITHIN, "light.exposure.colour", _STILL, "NaturalColour"),
            Part(light.range_of_tones, Reads.AT_LEAST, "light.exposure.tones", _STILL, "DynamicRange"),
            Part(light.clipped_wall, Reads.AT_MOST, "light.exposure.wall", frozenset({_CAPTURE})),
        ),
        31,
        _EVERY,
    ),
    Rule(
        "focus.sharp",
        (
            Part(focus.sharp, Reads.AT_LEAST, "focus.sharp", _STILL, "Sharpness"),
            Part(focus.sharp, Reads.AT_LEAST, "focus.sharp.live", frozenset({_LIVE}), "Sharpness"),
            Part(focus.blocks, Reads.AT_MOST, "focus.sharp.blocks", _STILL, "CompressionArtifacts"),
            Part(focus.enlargement, Reads.AT_MOST, "focus.sharp.enlargement", frozenset({_CAPTURE})),
        ),
        40,
        _EVERY,
    ),
    Rule(
        "subject.live",
        (
            Part(recapture.raster, Reads.AT_MOST, "subject.live"),
            Part(framed.frame, Reads.AT_MOST, "subject.live.frame", frozenset({_CAPTURE})),
            Part(recapture.relief, Reads.AT_LEAST, "subject.live.relief", frozenset({_CAPTURE}), supports=True),
        ),
        11,
        _STILL,
    ),
    Rule("truth.unedited", (Part(truth.unedited, Reads.EQUAL, "truth.unedited"),), 98, _STILL, advisory=True),
)
