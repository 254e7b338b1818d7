"""Where the standard photo lies in a picture: the crop whose geometry is nearest the middle of the profile's bands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from appliance.portrait.observe import Observation
from appliance.portrait.profile import Profile
from models.mesh import CHIN, LEFT_CHEEK, LEFT_PUPIL, RIGHT_CHEEK, RIGHT_PUPIL
from models.segments import Crown, Segment, Segments

Plane = NDArray[np.float64]
Band = tuple[float, float]
_PERSON = 0.5  # share of non-background above which a cell is the person's
_HAIR_REACH = 0.6  # face widths either side of the midline in which the top of the hair is looked for
_STRANDS = 8  # the eighth part of the columns that is highest counts as the top: neither one hair nor the mean
_STEADY = 0.01  # of the segments' box: a head that has not moved further within it ends where it did
_PLACES = np.array([RIGHT_PUPIL, LEFT_PUPIL, RIGHT_CHEEK, LEFT_CHEEK, CHIN])
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
    right_pupil, left_pupil, right_cheek, left_cheek, chin = seen.mesh.points[_PLACES, :2].tolist()
    x, y = (right_pupil[0] + left_pupil[0]) / 2, (right_pupil[1] + left_pupil[1]) / 2
    width = math.dist(right_cheek, left_cheek)
    if width < 2:
        return None
    return Head(
        midline=(x + (right_cheek[0] + left_cheek[0]) / 2) / 2,
        eyes=y,
        hair_top=None if seen.segments is None else _hair_top(seen.segments, x, y, width),
        chin=chin[1],
        face_width=width,
    )


def _hair_top(segments: Segments, x: float, y: float, width: float) -> float | None:
    """The highest row of the person above the face. Cells that are carried along with a head are looked through once."""
    x0, y0, x1, y1 = segments.box
    across, down, wide = (x - x0) / (x1 - x0), (y - y0) / (y1 - y0), width / (x1 - x0)
    crown = segments.kept.crown
    if crown is None or max(abs(crown.x - across), abs(crown.y - down), abs(crown.width - wide)) > _STEADY:
        found = _crown(segments, x, y, width)
        crown = Crown(across, down, wide, None if found is None else (found - y0) / (y1 - y0))
        segments.kept.crown = crown
    if crown.top is None:
        return None
    return max(0.0, y0 + crown.top * (y1 - y0))


def _crown(segments: Segments, x: float, y: float, width: float) -> float | None:
    """The highest row of the person above (x, y), to a part of a cell; the box's upper edge where that cuts the person off."""
    reach = _HAIR_REACH * width
    above = segments.window(x - reach, segments.box[1], x + reach, y)[:, :, Segment.BACKGROUND]
    rows, columns = above.shape
    if rows < 2 or columns < 2:
        return None
    count = max(2, columns // _STRANDS)
    row = rows - 1
    inside = _crowned(above[row], count)
    if inside <= _PERSON:
        return None
    # Most rows are the head's beyond doubt; only at its top the cells must be looked at one by one.
    doubtful = np.flatnonzero(np.count_nonzero(above < _PERSON / 2, axis=1) < count)
    row, above_it = min(row, int(doubtful[-1]) + 1) if doubtful.size else 0, 0.0
    inside = _crowned(above[row], count)
    while row > 0 and (above_it := _crowned(above[row - 1], count)) > _PERSON:
        row, inside = row - 1, above_it
    if row == 0:
        return segments.box[1]
    part = (inside - _PERSON) / max(inside - above_it, 1e-6)
    return segments.box[1] + (row + 0.5 - min(1.0, max(0.0, part))) * segments.cell[1]


def _crowned(wall: NDArray[np.float32], count: int) -> float:
    """How surely the `count` columns of a row that are least wall are the person's, 0 to 1."""
    return 1 - float(np.partition(wall, count - 1)[:count].mean())


def plan_crop(seen: Observation, profile: Profile, head: Head | None = None) -> Crop | None:
    """The crop of which hair top, eye line and face width deviate least from the middle of their bands, among those that
    end within the picture wherever the body does not.

    The lower edge is always kept: below a body that floats there is nothing to show. A side is kept where the person touches
    it. Above the head and beside the shoulders the canvas may be extended with background. `head` is measured unless given.
    """
    head = head or measure_head(seen)
    if head is None or head.hair_top is None or seen.segments is None:
        return None
    sought = _search(*(profile.limit(f"geometry.{name}") for name in ("hair_top", "eyes", "face_width")))
    rise, below = head.eyes - head.hair_top, seen.size[1] - head.eyes
    scales = sought.face / head.face_width
    top = np.abs(sought.below_hair - rise * scales)
    top *= 1 / sought.half
    cost = np.maximum(sought.worst, top)
    top += sought.sum
    top *= 0.1
    cost += top
    cost[sought.lines < profile.height - below * scales] = np.inf
    if not np.isfinite(cost).any():  # the picture ends just below the chin: show as much as there is
        scale_needed = (profile.height - sought.lowest) / max(below, 1.0)
        return _placed(head, seen, profile, scale_needed, sought.lowest)
    line, scale = divmod(int(np.argmin(cost)), scales.size)
    return _placed(head, seen, profile, float(scales[scale]), float(sought.lines[line, 0]))


@dataclass(frozen=True, slots=True)
class _Search:
    """What the search for a crop compares, as far as the profile alone decides it: `lines` (65, 1), where the eyes may lie, and
    `below_hair`, how far that is below the middle of the hair's band, of which `half` is the half; `face` (65,), face widths; for
    each of both together (65, 65), the `worst` deviation from the bands and the `sum`, in half bands."""

    lines: Plane
    below_hair: Plane
    half: float
    lowest: float
    face: Plane
    worst: Plane
    sum: Plane


@lru_cache(maxsize=16)
def _search(hair: Band, eyes: Band, face: Band) -> _Search:
    middle = [(low + high) / 2 for low, high in (hair, eyes, face)]
    half = [(high - low) / 2 for low, high in (hair, eyes, face)]
    lines = np.linspace(eyes[0] - half[1], eyes[1] + half[1], _LINES)[:, None]
    widths = middle[2] * _SCALES
    off_line, off_width = np.abs(lines - middle[1]) / half[1], np.abs(widths - middle[2]) / half[2]
    return _Search(
        lines,
        lines - middle[0],
        half[0],
        eyes[1],
        widths,
        np.maximum(off_line, off_width),
        off_line + off_width,
    )


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
    wall = segments.shares[rows, :, Segment.BACKGROUND]
    left = segments.box[0] <= 0 and _touched(wall[:, :_BORDER])
    right = segments.box[2] >= seen.size[0] and _touched(wall[:, -_BORDER:])
    return left, right


def _touched(wall: NDArray[np.float32]) -> bool:
    return bool((wall.min(axis=1) < 1 - _PERSON).mean() > _TOUCH)
