"""Drawn pictures for tests of the page: a silhouette before a wall, never a person."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


def scene(width: int, height: int, *, person: bool = True, wall: tuple[int, int, int] = (214, 214, 208)) -> Pixels:
    """(height, width, 3) BGR: a wall in soft light and, unless told otherwise, a drawn silhouette in the middle."""
    picture = np.full((height, width, 3), wall, np.uint8)
    fall = np.linspace(1.04, 0.86, height)[:, None, None]
    picture = np.clip(picture * fall, 0, 255).astype(np.uint8)
    if person:
        _silhouette(picture)
    return picture


def _silhouette(picture: Pixels) -> None:
    height, width = picture.shape[:2]
    middle, unit = width // 2, height / 100
    cloth, skin, hair = (92, 74, 62), (158, 170, 190), (52, 48, 46)
    shoulders = (int(34 * unit), int(30 * unit))
    cv2.ellipse(picture, (middle, int(106 * unit)), shoulders, 0, 180, 360, cloth, -1, cv2.LINE_AA)
    cv2.rectangle(picture, (middle - int(7 * unit), int(62 * unit)), (middle + int(7 * unit), int(82 * unit)), skin, -1)
    cv2.ellipse(picture, (middle, int(42 * unit)), (int(20 * unit), int(26 * unit)), 0, 0, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (middle, int(47 * unit)), (int(16 * unit), int(22 * unit)), 0, 0, 360, skin, -1, cv2.LINE_AA)


def jpeg(picture: Pixels) -> bytes:
    """The picture as a JPEG file."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])
    assert done
    return data.tobytes()


def overlay(*, good: bool) -> dict[str, Any]:
    """What a station would draw around the silhouette of a 4:3 frame."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    state = "good" if good else "bad"
    return {
        "head": [[0.5 + 0.125 * float(np.cos(a)), 0.455 + 0.235 * float(np.sin(a))] for a in turn],
        "eye_line": [[0.44, 0.45], [0.56, 0.45 if good else 0.475]],
        "chin": [0.5, 0.69],
        "shoulders": [[0.27, 0.9], [0.73, 0.9]],
        "states": {"head": "good", "eyes": state, "mouth": state, "shoulders": "good"},
    }
