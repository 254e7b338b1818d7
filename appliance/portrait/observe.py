"""From a picture to what the networks see in it. Still: stateless. Live: the face is tracked from frame to frame."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.expression import Expression
from models.faces import Face, FaceDetector
from models.mesh import FaceMesh, Mesh, Region, region_of_face, region_of_mesh
from models.segments import Segmenter, Shares

Pixels = NDArray[np.uint8]
WORKING_HEIGHT = 960  # pixels; landmarks and segments need no more, and a 12-megapixel still is reduced once
_PRESENT = 0.5  # the mesh's confidence that there is a face
_LIVE_SEGMENTS_EVERY = 12  # frames
_LIVE_FACES_EVERY = 8


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of one picture. Coordinates are pixels of `picture`, the working size (H, W, 3), BGR; `scale` times a
    working coordinate is one of the full picture, whose size is `full_size` (width, height)."""

    picture: Pixels
    full: Pixels
    scale: float
    faces: tuple[Face, ...]
    mesh: Mesh | None
    expression: dict[str, float]
    segments: Shares | None

    @property
    def full_size(self) -> tuple[int, int]:
        """(width, height) of the full picture."""
        height, width = self.full.shape[:2]
        return width, height

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the working picture."""
        height, width = self.picture.shape[:2]
        return width, height


class Observer:
    """Owns one set of networks; calls are serialised by a lock, since interpreters are not thread-safe.

    Raises `NetworkMissing` when a network is not installed.
    """

    def __init__(self, networks: Path, threads: int = 2) -> None:
        self._faces = FaceDetector(networks / "face_full_range.tflite", threads)
        self._mesh = FaceMesh(networks / "face_landmarks.tflite", threads)
        self._expression = Expression(networks / "face_blendshapes.tflite")
        self._segmenter = Segmenter(networks / "segments_multiclass.tflite", threads)
        self._lock = threading.Lock()
        self._frames = 0
        self._tracked: Region | None = None
        self._known_faces: tuple[Face, ...] = ()
        self._known_segments: Shares | None = None

    def reset(self) -> None:
        """Forget the tracked face."""
        with self._lock:
            self._frames, self._tracked, self._known_faces, self._known_segments = 0, None, (), None

    def still(self, pixels: Pixels) -> Observation:
        """Everything about a picture (H, W, 3), uint8, BGR."""
        picture, scale = _working(pixels)
        with self._lock:
            faces = tuple(self._faces.find(picture))
            mesh = self._mesh.fit(picture, region_of_face(faces[0])) if faces else None
            if mesh is not None and mesh.confidence >= _PRESENT:
                mesh = self._mesh.fit(picture, region_of_mesh(mesh))  # a second look from the better crop
            return self._observation(pixels, picture, scale, faces, mesh, self._segmenter.divide(picture))

    def live(self, pixels: Pixels) -> Observation:
        """A preview frame (H, W, 3), uint8, BGR: faces and segments at a lower rate, the mesh in every frame."""
        with self._lock:
            picture, scale = _working(pixels)
            if self._tracked is None or self._frames % _LIVE_FACES_EVERY == 0:
                self._known_faces = tuple(self._faces.find(picture))
            if self._tracked is None and self._known_faces:
                self._tracked = region_of_face(self._known_faces[0])
            mesh = None if self._tracked is None else self._mesh.fit(picture, self._tracked)
            present = mesh is not None and mesh.confidence >= _PRESENT and bool(self._known_faces)
            self._tracked = region_of_mesh(mesh) if present and mesh is not None else None
            if present and (self._known_segments is None or self._frames % _LIVE_SEGMENTS_EVERY == 1):
                self._known_segments = self._segmenter.divide(picture)
            self._frames += 1
            return self._observation(
                pixels, picture, scale, self._known_faces, mesh if present else None, self._known_segments
            )

    def divide(self, pixels: Pixels) -> Shares:
        """Segments of a part of a picture."""
        with self._lock:
            return self._segmenter.divide(pixels)

    def _observation(
        self,
        pixels: Pixels,
        picture: Pixels,
        scale: float,
        faces: tuple[Face, ...],
        mesh: Mesh | None,
        segments: Shares | None,
    ) -> Observation:
        if mesh is not None and (mesh.confidence < _PRESENT or not np.isfinite(mesh.points).all()):
            mesh = None
        expression = {} if mesh is None else self._expression.score(mesh)
        if segments is not None and not np.isfinite(segments).all():
            segments = None
        return Observation(picture, pixels, scale, faces, mesh, expression, segments)


def _working(pixels: Pixels) -> tuple[Pixels, float]:
    height, width = pixels.shape[:2]
    scale = max(1.0, height / WORKING_HEIGHT)
    if scale == 1.0:
        return pixels, 1.0
    size = (max(1, round(width / scale)), WORKING_HEIGHT)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8), scale
