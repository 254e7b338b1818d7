"""What a finished photo's file must be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Measurement
from appliance.portrait.picture_file import FileFacts

_GREY = 8  # 8-bit levels between channels that JPEG alone makes
_EDGE = 3  # pixels: a border or frame shows there


def _of(read: Callable[[FileFacts], str | float | None], unit: str, missing: str) -> Callable[[Subject], Measurement]:
    def measure(subject: Subject) -> Measurement:
        value = None if subject.facts is None else read(subject.facts)
        return Measurement.failed(missing, unit) if value is None else Measurement(value, unit)

    return measure


size = _of(lambda facts: f"{facts.width}x{facts.height}", "px", "no file")
resolution = _of(lambda facts: 0.0 if facts.dpi is None else round(min(facts.dpi), 1), "dpi", "no file")
length = _of(lambda facts: facts.bytes / 1024, "KB", "no file")


def colour(subject: Subject) -> Measurement:
    """The colour mode of a finished file; `grey` for a picture whose face has no colour, however it is stored."""
    if subject.face is not None:
        face = subject.face.pixels[::4, ::4].astype(np.int16)
        if int((face.max(axis=2) - face.min(axis=2)).max()) <= _GREY:
            return Measurement("grey")
    return Measurement(subject.facts.mode if subject.facts is not None and subject.stage is Stage.PHOTO else "RGB")


def encoding(subject: Subject) -> Measurement:
    """JPEG quality factor; 0 when it is no JPEG whose name ends in .jpg."""
    facts = subject.facts
    if facts is None:
        return Measurement.failed("no file")
    named = facts.suffix.lower() in (".jpg", ".jpeg")
    return Measurement.of(float(facts.quality or 0) if facts.format == "JPEG" and named else 0.0)


def plain(subject: Subject) -> Measurement:
    """Largest difference, in 8-bit levels, between the outermost pixels of the wall and those just inside: a border."""
    pixels = subject.seen.full.astype(np.int16)
    height, width = pixels.shape[:2]
    if min(height, width) < 8 * _EDGE:
        return Measurement.failed("the picture is too small")
    upper = height // 3  # below, the person reaches the edge
    lines = (
        (pixels[:_EDGE], pixels[2 * _EDGE : 3 * _EDGE]),
        (pixels[:upper, :_EDGE], pixels[:upper, 2 * _EDGE : 3 * _EDGE]),
        (pixels[:upper, -_EDGE:], pixels[:upper, -3 * _EDGE : -2 * _EDGE]),
    )
    steps = [float(np.abs(np.median(a, axis=(0, 1)) - np.median(b, axis=(0, 1))).max()) for a, b in lines]
    return Measurement.of(max(steps))
