"""SFace (int8): whether two pictures show the same person, as the cosine of two embeddings.

Network and alignment: Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition" (2021), as OpenCV
runs it (`FaceRecognizerSF`; seen to load in 4.11.0.86 and 4.13.0.92). Measured on studio portraits of one session: 102 pairs of
one person at least 0.82, 10,302 pairs of two people at most 0.553; a picture from an identity card scores lower.
"""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import NetworkMissing
from models.mesh import LEFT_PUPIL, RIGHT_PUPIL, Mesh

Pixels = NDArray[np.uint8]
Points = NDArray[np.float32]
Embedding = NDArray[np.float32]
DIMENSIONS = 128
_NOSE_TIP, _RIGHT_MOUTH, _LEFT_MOUTH = 1, 61, 291  # landmarks of the mesh; right and left are the person's own


class Likeness:
    """Embeds faces; an instance may be shared, whoever comes second waits. `network` is `sface.onnx`.

    Raises `NetworkMissing` when the file is not there.
    """

    def __init__(self, network: Path) -> None:
        if not network.is_file():
            raise NetworkMissing(f"network {network.name} is not in {network.parent}; type: station models install")
        self._recognizer = cv2.FaceRecognizerSF.create(str(network), "")
        self._lock = threading.Lock()

    def embed(self, pixels: Pixels, landmarks5: Points) -> Embedding:
        """The embedding (128,), float32, of length one, of the face in `pixels` (H, W, 3), uint8, BGR.

        `landmarks5` (5, 2), in pixels of the picture: right eye, left eye, nose tip, right and left corner of the mouth (the
        person's own right and left), see `landmarks_of`. Raises ValueError on other shapes or points that are not finite.
        """
        points = np.asarray(landmarks5, np.float32)
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
            raise ValueError(f"a picture is (H, W, 3) uint8, not {pixels.shape} {pixels.dtype}")
        if points.shape != (5, 2) or not np.isfinite(points).all():
            raise ValueError(f"five finite points (5, 2) are needed, not {points.shape}")
        face = np.zeros((1, 15), np.float32)  # box (unused by the alignment), five points, score
        face[0, 4:14] = points.ravel()
        with self._lock:
            aligned = self._recognizer.alignCrop(np.ascontiguousarray(pixels), face)
            raw = np.asarray(self._recognizer.feature(aligned), np.float32).ravel()
        return np.asarray(raw / max(float(np.linalg.norm(raw)), 1e-12), np.float32)


def similarity(one: Embedding, other: Embedding) -> float:
    """Cosine of two embeddings (128,): 1 the same direction, 0 nothing in common. Raises ValueError on other shapes."""
    if one.shape != (DIMENSIONS,) or other.shape != (DIMENSIONS,):
        raise ValueError(f"embeddings have shape ({DIMENSIONS},), not {one.shape} and {other.shape}")
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.clip(np.dot(one, other) / max(lengths, 1e-12), -1.0, 1.0))


def landmarks_of(mesh: Mesh) -> Points:
    """The five points (5, 2) that `Likeness.embed` wants, out of a mesh, in pixels of its picture."""
    chosen = [RIGHT_PUPIL, LEFT_PUPIL, _NOSE_TIP, _RIGHT_MOUTH, _LEFT_MOUTH]
    return np.asarray(mesh.points[chosen, :2], np.float32)
