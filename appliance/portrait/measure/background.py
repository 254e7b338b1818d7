"""What is behind the person."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from appliance.portrait.measure.colour import lab
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Measurement


def uniform(subject: Subject) -> Measurement:
    """How uneven the wall is, in 8-bit levels: the spread that is left once a smooth gradient is taken away (a capture's
    wall is replaced, so that only objects and edges disturb), or the whole spread on a finished photo."""
    wall = subject.wall
    if wall is None:
        return Measurement.failed("no background was found")
    if subject.stage is Stage.PHOTO:
        return Measurement.of(float(np.abs(wall.colours - np.median(wall.colours, axis=0)).max(axis=1).mean()))
    x, y = wall.x, wall.y
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1).astype(np.float64)
    fitted = np.linalg.lstsq(terms.T @ terms, terms.T @ wall.colours, rcond=None)[0]
    left = wall.colours - terms @ fitted
    return Measurement.of(float(np.sqrt((left**2).mean(axis=0)).max()))


def colour(subject: Subject) -> Measurement:
    """Distance of the wall's median colour from the profile's, ΔE (CIE 1976)."""
    wall = subject.wall
    if wall is None:
        return Measurement.failed("no background was found", "ΔE")
    found = np.median(wall.colours, axis=0)[::-1].astype(np.float64)
    return Measurement.of(difference(found, np.array(subject.profile.background, np.float64)), "ΔE")


def difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """ΔE (CIE 1976) between two sRGB colours, 0 to 255."""
    return math.dist(lab(one), lab(other))
