"""What a measure may look at: the observation, where the photo lies in it, and the file if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import cv2
import numpy as np

from appliance.portrait.crop import Crop, Head, measure_head, plan_crop
from appliance.portrait.measure.head_pose import Pose, pose_of
from appliance.portrait.measure.patch import Patch, Pixels, cut_patch
from appliance.portrait.measure.wall_pixels import WallPixels, wall_pixels
from appliance.portrait.observe import Observation
from appliance.portrait.picture_file import FileFacts
from appliance.portrait.profile import Profile


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
        return plan_crop(self.seen, self.profile)

    @cached_property
    def face(self) -> Patch | None:
        """The pixels of the face, or `None` without one."""
        return None if self.seen.mesh is None else cut_patch(self.seen.picture, self.seen.mesh.points)

    @cached_property
    def pose(self) -> Pose | None:
        """Which way the head is turned, or `None` without one."""
        return None if self.seen.mesh is None else pose_of(self.seen.mesh)

    @cached_property
    def small(self) -> Pixels | None:
        """Head and shoulders at a quarter of the segments' resolution, BGR, uint8: enough for colours of large things."""
        segments = self.seen.segments
        if segments is None:
            return None
        rows, columns = segments.classes[::4, ::4].shape
        x0, y0, x1, y1 = (round(edge) for edge in segments.box)
        part = self.seen.picture[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
        if part.size == 0:
            return None
        return np.asarray(cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)

    @cached_property
    def wall(self) -> WallPixels | None:
        """What is seen of the wall, or `None` where that is too little."""
        return wall_pixels(self.seen)
