"""BlazeFace: where faces are, with six keypoints each.

Full range (dense, 192²) counts people a room away; short range (128²) is the fast one for a face at arm's length.
Anchor layout and decoding: Bazarevsky et al., "BlazeFace" (2019), and the network's own output shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.runtime import Network, Tensor

Pixels = NDArray[np.uint8]
_OVERLAP = 0.3  # boxes that share more are one face
_SAME = 0.15  # the same of two detectors, whose boxes differ more


@dataclass(frozen=True, slots=True)
class Face:
    """A face in pixels of the picture: box (x0, y0, x1, y1), score 0 to 1, and six keypoints, shape (6, 2): right eye,
    left eye, nose, mouth, right ear, left ear (the person's own right and left)."""

    box: tuple[float, float, float, float]
    score: float
    keypoints: NDArray[np.float32]

    @property
    def size(self) -> float:
        """The longer side of the box, pixels."""
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])


class FaceDetector:
    """Finds faces in BGR pictures. `network` is `face_full_range.tflite` or `face_short_range.tflite`."""

    def __init__(self, network: Path, threads: int = 1, threshold: float = 0.5) -> None:
        self._network = Network(network, threads)
        self._side = self._network.input_shape[1]
        self._anchors = _anchors(self._side)
        self._threshold = threshold

    def find(self, pixels: Pixels) -> list[Face]:
        """Every face in `pixels` (H, W, 3), uint8, BGR; the largest first."""
        height, width = pixels.shape[:2]
        scale = self._side / max(height, width)
        small = cv2.resize(
            pixels, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
        )
        square = np.zeros((self._side, self._side, 3), np.uint8)
        top, left = (self._side - small.shape[0]) // 2, (self._side - small.shape[1]) // 2
        square[top : top + small.shape[0], left : left + small.shape[1]] = small
        regressors, logits = self._network.look(square, 127.5, -1.0)
        scores = np.asarray(1 / (1 + np.exp(-np.clip(logits[0, :, 0], -50, 50))), np.float32)
        chosen = scores >= self._threshold
        boxes = self._decode(regressors[0][chosen], self._anchors[chosen])
        shift = np.tile([left, top], 8).astype(np.float32)
        return _merged(((boxes - shift) / scale).astype(np.float32), scores[chosen])

    def _decode(self, raw: Tensor, anchors: Tensor) -> Tensor:
        points = raw.reshape(-1, 8, 2).copy()
        points[:, 0] += anchors * self._side
        half = points[:, 1] / 2
        points[:, 2:] += anchors[:, None] * self._side
        corners = np.stack([points[:, 0] - half, points[:, 0] + half], axis=1)
        return np.asarray(np.concatenate([corners, points[:, 2:]], axis=1).reshape(-1, 16), np.float32)


def united(first: list[Face], second: list[Face]) -> list[Face]:
    """The faces of two detectors, each once, as the first saw it; the largest first."""
    more = [face for face in second if not any(_same(face, known) for known in first)]
    return sorted((*first, *more), key=lambda face: -face.size)


def _same(one: Face, other: Face) -> bool:
    return bool(_overlap(np.array(one.box, np.float32), np.array([other.box], np.float32))[0] > _SAME)


def _anchors(side: int) -> Tensor:
    """Centres, 0 to 1, shape (n, 2): full range has one anchor a cell of 4 px, short range 2 of 8 px and 6 of 16 px."""
    layout = [(side // 4, 1)] if side > 128 else [(side // 8, 2), (side // 16, 6)]
    grids = []
    for cells, count in layout:
        ticks = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        x, y = np.meshgrid(ticks, ticks)
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), count, axis=0))
    return np.asarray(np.concatenate(grids), np.float32)


def _merged(boxes: Tensor, scores: Tensor) -> list[Face]:
    """Weighted non-maximum suppression: overlapping boxes are averaged by their score."""
    faces: list[Face] = []
    left = np.argsort(-scores)
    while left.size:
        first = boxes[left[0]]
        near = _overlap(first[:4], boxes[left][:, :4]) > _OVERLAP
        near[0] = True
        group = left[near]
        mean = np.average(boxes[group], axis=0, weights=scores[group]).astype(np.float32)
        x0, y0, x1, y1 = (float(value) for value in mean[:4])
        faces.append(Face((x0, y0, x1, y1), float(scores[left[0]]), mean[4:].reshape(6, 2)))
        left = left[~near]
    return sorted(faces, key=lambda face: -face.size)


def _overlap(box: Tensor, others: Tensor) -> Tensor:
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    own = np.prod(box[2:] - box[:2])
    theirs = np.prod(others[:, 2:] - others[:, :2], axis=1)
    return np.asarray(shared / np.maximum(own + theirs - shared, 1e-6), np.float32)
