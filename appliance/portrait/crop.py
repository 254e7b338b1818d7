"""Where the standard photo lies in a picture: the crop whose geometry is nearest the middle of the profile's bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.portrait.observe import Observation
from appliance.portrait.profile import Profile
from models.mesh import CHIN, LEFT_CHEEK, LEFT_PUPIL, RIGHT_CHEEK, RIGHT_PUPIL
from models.segments import Segment, Segments

_PERSON = 0.5  # share of non-background above which a cell is the person's
_HAIR_REACH = 0.6  # face widths either side of the midline in which the top of the hair is looked for
_STRANDS = 8  # the eighth part of the columns that is highest counts as the top: neither one hair nor the mean
_SCALES, _LINES = np.geomspace(0.6, 1.8, 65), 65  # candidates of the search
_BORDER = 3  # cells: the network is unsure of the outermost
_TOUCH = 0.02  # of a side's cells: more that are the person's, and the picture cuts the body there


@dataclass(frozen=True, slots=True)
class Head:
    """Measures of the head, in pixels of the working picture. `hair_top` is `None` when the hair could not be found, 0 when
    it is cut off by the upper edge."""

    midline: float
    eyes: float
    hair_top: float | None
    chin: float
    face_width: float


@dataclass(frozen=True, slots=True)
class Crop:
    """A photo pixel (u, v) shows the working pixel (x + u / scale, y + v / scale)."""

    x: float
    y: float
    scale: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The photo pixel that shows working pixel (x, y)."""
        return (x - self.x) * self.scale, (y - self.y) * self.scale


def measure_head(seen: Observation) -> Head | None:
    """The head's measures, or `None` without a face."""
    if seen.mesh is None:
        return None
    points = seen.mesh.points
    eyes = (points[RIGHT_PUPIL] + points[LEFT_PUPIL]) / 2
    cheeks = (points[RIGHT_CHEEK] + points[LEFT_CHEEK]) / 2
    width = float(np.linalg.norm(points[LEFT_CHEEK, :2] - points[RIGHT_CHEEK, :2]))
    if width < 2:
        return None
    return Head(
        midline=float((eyes[0] + cheeks[0]) / 2),
        eyes=float(eyes[1]),
        hair_top=None if seen.segments is None else _hair_top(seen.segments, float(eyes[0]), float(eyes[1]), width),
        chin=float(points[CHIN, 1]),
        face_width=width,
    )


def _hair_top(segments: Segments, x: float, y: float, width: float) -> float | None:
    """The highest row of the person above the face, to a part of a cell."""
    reach = _HAIR_REACH * width
    above = segments.window(x - reach, segments.box[1], x + reach, y)
    if above.shape[0] < 2 or above.shape[1] < 2:
        return None
    count = max(2, above.shape[1] // _STRANDS)
    wall = np.partition(np.ascontiguousarray(above[:, :, Segment.BACKGROUND]), count - 1, axis=1)
    column = 1 - wall[:, :count].mean(axis=1)
    row = above.shape[0] - 1
    if column[row] <= _PERSON:
        return None
    while row > 0 and column[row - 1] > _PERSON:
        row -= 1
    if row == 0:
        return 0.0 if segments.box[1] <= 0 else segments.box[1]
    part = float((column[row] - _PERSON) / max(column[row] - column[row - 1], 1e-6))
    return segments.box[1] + (row + 0.5 - min(1.0, max(0.0, part))) * segments.cell[1]


def plan_crop(seen: Observation, profile: Profile, head: Head | None = None) -> Crop | None:
    """The crop of which hair top, eye line and face width deviate least from the middle of their bands, among those that
    end within the picture wherever the body does not.

    The lower edge is always kept: below a body that floats there is nothing to show. A side is kept where the person touches
    it. Above the head and beside the shoulders the canvas may be extended with background. `head` is measured unless given.
    """
    head = head or measure_head(seen)
    if head is None or head.hair_top is None or seen.segments is None:
        return None
    bands = [profile.limit(f"geometry.{name}") for name in ("hair_top", "eyes", "face_width")]
    middle = np.array([(low + high) / 2 for low, high in bands])
    half = np.array([(high - low) / 2 for low, high in bands])
    rise, below = head.eyes - head.hair_top, seen.size[1] - head.eyes
    usual = middle[2] / head.face_width
    scales = usual * _SCALES
    lines = np.linspace(bands[1][0] - half[1], bands[1][1] + half[1], _LINES)[:, None]
    top = np.abs(lines - rise * scales - middle[0]) / half[0]
    eyes, face = np.abs(lines - middle[1]) / half[1], np.abs(head.face_width * scales - middle[2]) / half[2]
    cost = np.maximum(np.maximum(eyes, face), top) + 0.1 * (eyes + face + top)
    cost = np.where(lines + below * scales >= profile.height, cost, np.inf)
    if not np.isfinite(cost).any():  # the picture ends just below the chin: show as much as there is
        scale_needed = (profile.height - bands[1][1]) / max(below, 1.0)
        return _placed(head, seen, profile, scale_needed, bands[1][1])
    best = np.unravel_index(np.argmin(cost), cost.shape)
    return _placed(head, seen, profile, float(scales[best[1]]), float(lines[best[0], 0]))


def _placed(head: Head, seen: Observation, profile: Profile, scale: float, line: float) -> Crop:
    """Centred on the midline, unless the picture cuts the body at a side that the crop would show."""
    width = profile.width / scale
    x = head.midline - width / 2
    cut_left, cut_right = _cut(seen, head)
    if cut_left and x < 0:
        x = 0.0
    elif cut_right and x + width > seen.size[0]:
        x = seen.size[0] - width
    return Crop(x, head.eyes - line / scale, scale)


def _cut(seen: Observation, head: Head) -> tuple[bool, bool]:
    """Whether the picture's left and right edge cut the person."""
    segments = seen.segments
    if segments is None:
        return False, False
    rows = slice(0, segments.row(min(head.chin + head.face_width, seen.size[1] - 1)) + 1)
    person = 1 - segments.shares[rows, :, Segment.BACKGROUND]
    left = segments.box[0] <= 0 and bool((person[:, :_BORDER].max(axis=1) > _PERSON).mean() > _TOUCH)
    right = segments.box[2] >= seen.size[0] and bool((person[:, -_BORDER:].max(axis=1) > _PERSON).mean() > _TOUCH)
    return left, right
