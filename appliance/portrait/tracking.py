"""What a stream of preview frames remembers: whom it follows, and when the slow networks are due again."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from appliance.portrait.glimpse import Glimpse, unlike
from models.faces import Face
from models.mesh import LEFT_CHEEK, LEFT_EYE, RIGHT_CHEEK, RIGHT_EYE, Mesh, Region, region_of_face, region_of_mesh
from models.segments import Box, Segments

FACES_EVERY = 10  # frames: somebody who steps in is seen within half a second
SEGMENTS_EVERY = 90  # frames: the slowest network, amortised to a tenth of a frame's budget, as long as nothing changes
SEGMENTS_SOONEST = 8  # frames, however much the head moves
EXPRESSION_EVERY = 2  # frames: lids take two frames to close and as many to open
GLIMPSE_EVERY = 4  # frames: new segments are not wanted more often than twice as rarely
MOVED, RESIZED = 0.35, 0.15  # face widths, and share: then old segments no longer fit

_PLACES = np.array([RIGHT_EYE, LEFT_EYE, RIGHT_CHEEK, LEFT_CHEEK])
# Head and shoulders around the middle of the eyes, in face widths: every crop of the standard lies inside.
_SIDEWAYS, _ABOVE, _BELOW = 1.55, 1.9, 2.6


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a head was: the middle of its eyes and its width, pixels."""

    x: float
    y: float
    width: float


class Track:
    """One face followed through the frames of a preview."""

    def __init__(self) -> None:
        self.region: Region | None = None
        self.faces: tuple[Face, ...] = ()
        self.segments: Segments | None = None
        self.expression: dict[str, float] = {}
        self.origin = Origin(0.0, 0.0, 1.0)
        self._mesh: Mesh | None = None
        self._glimpse: Glimpse | None = None
        self._glimpse_then: Glimpse | None = None
        self._changed = False
        self._frame = 0
        self._faces_due = 0
        self._segments_due = 0
        self._segments_at: int | None = None

    @property
    def wants_faces(self) -> bool:
        """Whether all faces must be looked for in this frame."""
        return self.region is None or self._frame >= self._faces_due

    @property
    def wants_expression(self) -> bool:
        """Whether the expression must be scored anew in this frame."""
        return not self.expression or self._frame % EXPRESSION_EVERY == 0

    @property
    def wants_glimpse(self) -> bool:
        """Whether to look if head and shoulders still show what they showed."""
        return self._glimpse is None or self._frame % GLIMPSE_EVERY == 0

    @property
    def wants_segments(self) -> bool:
        """Whether the person must be divided anew in this frame: it is time, or the head is elsewhere, or looks
        different."""
        if self._mesh is None or self._segments_at is None:
            return True
        since = self._frame - self._segments_at
        if self.segments is None:  # they were looked for, and came to nothing
            return since >= SEGMENTS_SOONEST
        if self._frame >= self._segments_due:
            return True
        here = origin_of(self._mesh)
        moved = max(abs(here.x - self.origin.x), abs(here.y - self.origin.y)) > MOVED * self.origin.width
        resized = abs(here.width / max(self.origin.width, 1e-6) - 1) > RESIZED
        return (moved or resized or self._changed) and since >= SEGMENTS_SOONEST

    def found(self, faces: tuple[Face, ...]) -> None:
        """All faces of this frame, the largest first; the track goes over to the largest when it is another one.
        A face that the detector overlooks is still followed, as long as the mesh is sure of it."""
        self.faces = faces
        self._faces_due = self._frame + FACES_EVERY
        if faces and (self.region is None or not _inside(self.region, faces[0])):
            self.region, self.expression = region_of_face(faces[0]), {}

    def followed(self, mesh: Mesh | None, glimpse: Glimpse | None = None) -> None:
        """The mesh that was fitted in this frame, if there is a face, and a glimpse of its head and shoulders, if one was taken."""
        self._frame += 1
        self._mesh, self.region = mesh, None if mesh is None else region_of_mesh(mesh)
        if mesh is None:
            self.segments, self._glimpse, self._changed, self.expression = None, None, False, {}
            self._segments_at = None
        elif glimpse is not None:
            self._glimpse = glimpse
            self._changed = self._glimpse_then is not None and unlike(self._glimpse_then, glimpse)

    def divided(self, segments: Segments | None, glimpse: Glimpse | None = None) -> None:
        """The segments of this frame, and a glimpse of what they were made from."""
        self.segments = segments
        self._glimpse = self._glimpse_then = glimpse
        self._changed = False
        if self._mesh is not None:
            self.origin = origin_of(self._mesh)
        self._segments_at, self._segments_due = self._frame, self._frame + SEGMENTS_EVERY


def origin_of(mesh: Mesh) -> Origin:
    """Where the head of a mesh is."""
    right, left, right_cheek, left_cheek = mesh.points[_PLACES, :2].tolist()
    x, y = (right[0] + left[0]) / 2, (right[1] + left[1]) / 2
    return Origin(x, y, max(math.dist(right_cheek, left_cheek), 1e-3))


def region_of_head(mesh: Mesh) -> Box:
    """The box of head and shoulders (x0, y0, x1, y1) in pixels; may reach beyond the picture."""
    at = origin_of(mesh)
    return (
        at.x - _SIDEWAYS * at.width,
        at.y - _ABOVE * at.width,
        at.x + _SIDEWAYS * at.width,
        at.y + _BELOW * at.width,
    )


def carried(segments: Segments, origin: Origin, mesh: Mesh) -> Segments:
    """Segments seen when the head was at `origin`, laid where the head of `mesh` is now."""
    here = origin_of(mesh)
    ratio = here.width / origin.width
    x0, y0, x1, y1 = segments.box
    return segments.moved(
        (
            here.x + (x0 - origin.x) * ratio,
            here.y + (y0 - origin.y) * ratio,
            here.x + (x1 - origin.x) * ratio,
            here.y + (y1 - origin.y) * ratio,
        )
    )


def _inside(region: Region, face: Face) -> bool:
    x, y = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
    return max(abs(x - region.x), abs(y - region.y)) < region.side / 2
