"""478 landmarks of one face (FaceLandmarker v2), with the iris points 468 to 477.

The crop is a square around the face, upright along the line between the eyes; 1.5 times the face's size from a detection, and
from the landmarks of the frame before when a face is tracked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.faces import Face
from models.runtime import Network

Pixels = NDArray[np.uint8]
Points = NDArray[np.float32]
LANDMARKS = 478
_MARGIN = 1.5
RIGHT_EYE, LEFT_EYE = 33, 263  # outer corners, the person's own right and left
RIGHT_CHEEK, LEFT_CHEEK = 234, 454
RIGHT_PUPIL, LEFT_PUPIL = 468, 473
CHIN = 152


@dataclass(frozen=True, slots=True)
class Region:
    """A square crop: centre and side in pixels, rotation in radians (positive: clockwise in the picture)."""

    x: float
    y: float
    side: float
    angle: float


@dataclass(frozen=True, slots=True)
class Mesh:
    """Landmarks (478, 3) in pixels of the picture (z in the same scale, negative towards the camera), and the network's
    confidence, 0 to 1, that there is a face."""

    points: Points
    confidence: float


class FaceMesh:
    """Landmarks within a region of a BGR picture."""

    def __init__(self, network: Path, threads: int = 1) -> None:
        self._network = Network(network, threads)
        self._side = self._network.input_shape[1]

    def fit(self, pixels: Pixels, region: Region) -> Mesh:
        """The mesh of the face in `region` of `pixels` (H, W, 3), uint8, BGR."""
        side = self._side
        scale = region.side / side
        cos, sin = math.cos(region.angle) * scale, math.sin(region.angle) * scale
        half = side / 2
        to_picture = np.array(
            [[cos, -sin, region.x - cos * half + sin * half], [sin, cos, region.y - sin * half - cos * half]],
            np.float32,
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        crop = cv2.warpAffine(pixels, to_picture, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        outputs = self._network.look(np.asarray(crop, np.uint8))
        raw = next(output for output in outputs if output.size == LANDMARKS * 3).reshape(1, LANDMARKS, 3)
        presence = next(output for output in outputs if output.ndim == 4 and output.size == 1)
        placed = np.zeros((3, 4), np.float32)
        placed[:2, :2], placed[:2, 3], placed[2, 2] = to_picture[:, :2], to_picture[:, 2], scale
        points = np.asarray(cv2.transform(raw, placed), np.float32).reshape(LANDMARKS, 3)
        return Mesh(points, 1 / (1 + math.exp(-min(50.0, max(-50.0, float(presence.ravel()[0]))))))


def region_of_face(face: Face) -> Region:
    """Where to fit the mesh of a detected face."""
    x0, y0, x1, y1 = face.box
    right, left = face.keypoints[0], face.keypoints[1]
    angle = math.atan2(float(left[1] - right[1]), float(left[0] - right[0]))
    return Region((x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0) * _MARGIN, angle)


def region_of_mesh(mesh: Mesh) -> Region:
    """Where to look for the same face in the next frame."""
    flat = mesh.points[:468]
    x0, y0 = cv2.reduce(flat, 0, cv2.REDUCE_MIN)[0, :2].tolist()
    x1, y1 = cv2.reduce(flat, 0, cv2.REDUCE_MAX)[0, :2].tolist()
    right, left = mesh.points[RIGHT_EYE], mesh.points[LEFT_EYE]
    angle = math.atan2(float(left[1] - right[1]), float(left[0] - right[0]))
    return Region((x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0) * _MARGIN, angle)
