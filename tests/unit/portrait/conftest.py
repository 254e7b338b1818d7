"""A drawn person: known geometry before a known wall, so that measures can be held to the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from appliance.portrait.observe import Observation
from models.mesh import CHIN, LANDMARKS, LEFT_CHEEK, LEFT_EYE, LEFT_PUPIL, RIGHT_CHEEK, RIGHT_EYE, RIGHT_PUPIL, Mesh
from models.segments import Segment, segments_of


@dataclass(frozen=True)
class Figure:
    """Where the head is, in pixels; the body reaches from below the chin to the lower edge."""

    size: tuple[int, int] = (1280, 960)
    midline: float = 640.0
    eyes: float = 380.0
    face_width: float = 260.0
    hair: float = 220.0  # from the eyes up
    chin: float = 210.0  # from the eyes down
    shoulders: float = 620.0  # across
    wall: tuple[int, int, int] = (215, 214, 212)  # BGR


def mesh_of(figure: Figure) -> Mesh:
    """The landmarks that geometry reads; the others lie in the middle of the eyes."""
    points = np.zeros((LANDMARKS, 3), np.float32)
    points[:, 0], points[:, 1] = figure.midline, figure.eyes
    half = figure.face_width / 2
    places = {
        RIGHT_CHEEK: (-half, 0.1 * half),
        LEFT_CHEEK: (half, 0.1 * half),
        RIGHT_PUPIL: (-0.45 * half, 0),
        LEFT_PUPIL: (0.45 * half, 0),
        RIGHT_EYE: (-0.65 * half, 0),
        LEFT_EYE: (0.65 * half, 0),
        CHIN: (0, figure.chin),
    }
    for index, (x, y) in places.items():
        points[index, :2] = figure.midline + x, figure.eyes + y
    return Mesh(points, 0.99)


def drawn(figure: Figure) -> Observation:
    """The figure as pixels, mesh and segments of a quarter of its resolution."""
    width, height = figure.size
    classes = np.zeros((height, width), np.uint8)
    middle, half = int(figure.midline), figure.face_width / 2
    top = figure.eyes + figure.chin + 30
    body = np.array(
        [
            (middle - figure.shoulders / 2, height + 400),
            (middle - figure.shoulders / 2, top + 60),
            (middle - 0.5 * half, top - 60),
            (middle + 0.5 * half, top - 60),
            (middle + figure.shoulders / 2, top + 60),
            (middle + figure.shoulders / 2, height + 400),
        ],
        np.int32,
    )
    cv2.fillPoly(classes, [body], int(Segment.CLOTHES))
    head = (int(1.1 * half), int(figure.hair))
    cv2.ellipse(classes, (middle, int(figure.eyes)), head, 0, 180, 360, int(Segment.HAIR), -1)
    face = (int(half), int(figure.chin))
    cv2.ellipse(classes, (middle, int(figure.eyes)), face, 0, 0, 360, int(Segment.FACE_SKIN), -1)
    cv2.ellipse(classes, (middle, int(figure.eyes)), head, 0, 200, 340, int(Segment.HAIR), -1)
    colours = np.array([figure.wall, (30, 35, 45), (120, 150, 200), (130, 160, 210), (60, 40, 30), (0, 0, 0)], np.uint8)
    small = cv2.resize(classes, (width // 4, height // 4), interpolation=cv2.INTER_NEAREST)
    shares = np.eye(6, dtype=np.float32)[small]
    segments = segments_of(shares, (0.0, 0.0, float(width), float(height)))
    pixels = colours[classes]
    return Observation(pixels, pixels, 1.0, (), mesh_of(figure), {}, segments)


@pytest.fixture
def person() -> Callable[..., Observation]:
    """Draw a person; keywords are those of `Figure`."""

    def draw(**changes: object) -> Observation:
        return drawn(Figure(**changes))

    return draw
