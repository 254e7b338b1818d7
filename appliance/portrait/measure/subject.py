"""What a measure may look at: the observation, where the photo lies in it, and the file if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from appliance.portrait.crop import Crop, Head, measure_head, plan_crop
from appliance.portrait.measure.grid import Grid, WallPixels, grid_of, wall_pixels
from appliance.portrait.measure.head_pose import Pose, pose_of
from appliance.portrait.measure.patch import Patch, cut_patch
from appliance.portrait.observe import Observation
from appliance.portrait.picture_file import FileFacts
from appliance.portrait.profile import Profile

_LIT_WIDTH = 120  # pixels across the face, at least
_LIT_WIDTH_LIVE = 70  # a preview measures no shadow as small as that of a nose


class Stage(StrEnum):
    """What is judged: a preview frame, a still from which the photo will be cut, or a finished photo."""

    LIVE = "live"
    CAPTURE = "capture"
    PHOTO = "photo"


@dataclass(frozen=True)
class Subject:
    """One picture under judgement. Everything derived is computed once, when first asked for."""

    seen: Observation
    profile: Profile
    stage: Stage
    facts: FileFacts | None = None

    @cached_property
    def head(self) -> Head | None:
        """The head's measures in working pixels."""
        return measure_head(self.seen)

    @cached_property
    def crop(self) -> Crop | None:
        """Where the photo lies: the planned crop, or the whole picture when that is the photo."""
        if self.stage is Stage.PHOTO:
            return Crop(0.0, 0.0, self.profile.height / self.seen.size[1])
        return plan_crop(self.seen, self.profile, self.head)

    @cached_property
    def face(self) -> Patch | None:
        """The pixels of the face, or `None` without one."""
        return None if self.seen.mesh is None else cut_patch(self.seen.picture, self.seen.mesh.points)

    @cached_property
    def pose(self) -> Pose | None:
        """Which way the head is turned, or `None` without one."""
        return None if self.seen.mesh is None else pose_of(self.seen.mesh)

    @cached_property
    def lit(self) -> Patch | None:
        """The face on a coarser grid: enough for light, which is no matter of fine detail."""
        if self.face is None:
            return None
        wanted = _LIT_WIDTH_LIVE if self.stage is Stage.LIVE else _LIT_WIDTH
        return self.face.every(max(1, self.face.pixels.shape[1] // wanted))

    @cached_property
    def grid(self) -> Grid | None:
        """Colours and segments of head and shoulders on one coarse grid, or `None` without segments."""
        return grid_of(self.seen)

    @cached_property
    def wall(self) -> WallPixels | None:
        """What is seen of the wall, or `None` where that is too little."""
        return None if self.grid is None else wall_pixels(self.grid)
