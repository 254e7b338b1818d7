"""What a measure may look at: the observation, where the photo lies in it, and the file if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.crop import Crop, Head, measure_head, plan_crop
from appliance.portrait.observe import Observation
from appliance.portrait.picture_file import FileFacts
from appliance.portrait.profile import Profile

Mask = NDArray[np.bool_]


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
    def grey(self) -> NDArray[np.float32]:
        """Luminance of the working picture, (H, W), 0 to 255."""
        return np.asarray(cv2.cvtColor(self.seen.picture, cv2.COLOR_BGR2GRAY), np.float32)

    def polygon(self, landmarks: tuple[int, ...]) -> Mask | None:
        """The pixels of the working picture inside a ring of landmarks."""
        if self.seen.mesh is None:
            return None
        mask = np.zeros(self.grey.shape, np.uint8)
        ring = np.round(self.seen.mesh.points[list(landmarks), :2]).astype(np.int32)
        cv2.fillConvexPoly(mask, np.asarray(cv2.convexHull(ring), np.int32), (1,))
        return mask.astype(bool)
