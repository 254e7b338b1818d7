"""What can honestly be said about where a picture comes from, and what only a person can judge."""

from __future__ import annotations

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement


def unedited(subject: Subject) -> Measurement:
    """Whether the pixels came straight from the station's camera. Of a file nobody can tell whether a face was mirrored or
    retouched before: that is put to the operator, with the name of an editing program where the file has one."""
    if subject.facts is None:
        return Measurement("camera")
    if subject.facts.software:
        return Measurement(None, "", f"saved by {subject.facts.software}", "edited")
    return Measurement.failed("a file does not tell what was done to it")


def question(_: Subject) -> Measurement:
    """A question for the operator: no figure answers it."""
    return Measurement.failed("only a person can judge this")
