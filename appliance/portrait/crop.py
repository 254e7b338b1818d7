"""Where the standard photo lies in a picture: the crop whose geometry is in the middle of the profile's bands."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from appliance.portrait.observe import Observation
from appliance.portrait.profile import Profile
from models.segments import Segment

RIGHT_PUPIL, LEFT_PUPIL = 468, 473  # the person's own right and left
RIGHT_CHEEK, LEFT_CHEEK = 234, 454
CHIN = 152
_PERSON = 0.5  # share of non-background above which a pixel is the person's


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
    return Head(
        midline=float((eyes[0] + cheeks[0]) / 2),
        eyes=float(eyes[1]),
        hair_top=_hair_top(seen, float(eyes[0]), float(eyes[1]), width),
        chin=float(points[CHIN, 1]),
        face_width=width,
    )


def _hair_top(seen: Observation, x: float, y: float, width: float) -> float | None:
    """The highest row of the person above the face, found with sub-pixel care on the segments' own grid."""
    if seen.segments is None:
        return None
    side = seen.segments.shape[0]
    across, down = side / seen.size[0], side / seen.size[1]
    left, right = int(max(0, (x - width * 0.45) * across)), int(min(side, (x + width * 0.45) * across + 1))
    bottom = int(min(side - 1, max(1, y * down)))
    if right - left < 2 or bottom < 2:
        return None
    person = 1 - seen.segments[: bottom + 1, left:right, Segment.BACKGROUND]
    column = np.sort(person, axis=1)[:, -max(3, (right - left) // 6) :].mean(
        axis=1
    )  # the highest strands, not one pixel
    row = bottom
    while row > 0 and column[row - 1] > _PERSON:
        row -= 1
    if row == 0:
        return 0.0
    above, here = float(column[row - 1]), float(column[row])
    part = (here - _PERSON) / max(here - above, 1e-6)
    return (row + 0.5 - min(1.0, max(0.0, part))) / down


def plan_crop(seen: Observation, profile: Profile) -> Crop | None:
    """The crop centred on the bands of hair top, eyes and face width, as far as the picture's lower edge allows."""
    head = measure_head(seen)
    if head is None or head.hair_top is None or head.face_width < 2 or head.eyes - head.hair_top < 2:
        return None
    eyes_low, eyes_high = profile.limit("geometry.eyes")
    hair_low, hair_high = profile.limit("geometry.hair_top")
    wide_low, wide_high = profile.limit("geometry.face_width")
    rise = head.eyes - head.hair_top
    scales = (
        (wide_low / head.face_width, wide_high / head.face_width),
        ((eyes_low - hair_high) / rise, (eyes_high - hair_low) / rise),
    )
    low, high = max(s[0] for s in scales), min(s[1] for s in scales)
    if low > high:  # much hair over a narrow face: hair and eyes decide, since reviews measure those first
        low = high = scales[1][1] if scales[1][1] < scales[0][0] else scales[1][0]
    scale = math.sqrt(low * high)
    below = seen.size[1] - head.eyes
    scale = min(high, max(scale, (profile.height - eyes_high) / max(below, 1.0)))
    first, last = max(eyes_low, hair_low + rise * scale), min(eyes_high, hair_high + rise * scale)
    eye_line = (first + last) / 2
    eye_line = min(last, max(eye_line, profile.height - below * scale)) if first <= last else eye_line
    return Crop(head.midline - profile.width / 2 / scale, head.eyes - eye_line / scale, scale)
