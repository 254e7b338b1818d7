"""From a picture to what the networks see in it. Still: stateless. Live: the face is tracked from frame to frame."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.glimpse import glimpse_of
from appliance.portrait.mending import mended
from appliance.portrait.relief import Relief
from appliance.portrait.tracking import Track, carried, region_of_head
from models.expression import Expression
from models.faces import Face, FaceDetector, united
from models.mesh import CHIN, FaceMesh, Mesh, region_of_face, region_of_mesh
from models.segments import Segment, Segmenter, Segments

Pixels = NDArray[np.uint8]
WORKING_HEIGHT = 960  # pixels, about; landmarks and segments need no more, and a 12-megapixel still is reduced once
OVERLOOKED = 0.5  # of the middle of the face: as much wall there cannot be
PRESENT = 0.5  # the mesh's confidence that there is a face


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of one picture. Coordinates are pixels of `picture`, the working size (H, W, 3), BGR; `scale` times a
    working coordinate is one of the full picture, whose size is `full_size` (width, height). `segments` cover the head and
    shoulders of the person nearest the camera. `relief` is the depth that the preview before it showed (`Relief.depth`), where
    there was one and the head moved enough."""

    picture: Pixels
    full: Pixels
    scale: float
    faces: tuple[Face, ...]
    mesh: Mesh | None
    expression: dict[str, float]
    segments: Segments | None
    relief: float | None = None

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


class Networks:
    """The networks of the judge, once in memory. Each may be called from several threads: whoever comes second waits.

    Raises `NetworkMissing` when one is not installed.
    """

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self.faces = FaceDetector(folder / "face_full_range.tflite", threads)
        self.near_faces = FaceDetector(folder / "face_short_range.tflite", threads)
        self.mesh = FaceMesh(folder / "face_landmarks.tflite", threads)
        self.expression = Expression(folder / "face_blendshapes.tflite")
        self.segmenter = Segmenter(folder / "segments_multiclass.tflite", threads)


class Observer:
    """Looks at pictures. `still` may be called from several threads; `live` and `reset`, which remember the frame before, hold
    a lock. `networks` is their folder, or a set that is loaded already and may be shared.

    Raises `NetworkMissing` when a network is not installed.
    """

    def __init__(self, networks: Path | Networks, threads: int = 2) -> None:
        self._networks = Networks(networks, threads) if isinstance(networks, Path) else networks
        self._lock = threading.Lock()
        self._track = Track()
        self._relief = Relief()

    def reset(self) -> None:
        """Forget the tracked face."""
        with self._lock:
            self._track = Track()
            self._relief = Relief()

    @property
    def relief(self) -> float | None:
        """The depth that the preview has shown of the tracked face so far (`Relief.depth`)."""
        return self._relief.depth

    def people(self, pixels: Pixels) -> tuple[Face, ...]:
        """Every face in a picture (H, W, 3), uint8, BGR, the largest first, in pixels of the working picture."""
        return self._people(reduced(pixels)[0])

    def still(self, pixels: Pixels) -> Observation:
        """Everything about a picture (H, W, 3), uint8, BGR."""
        picture, scale = reduced(pixels)
        faces = self._people(picture)
        mesh = _sound(self._networks.mesh.fit(picture, region_of_face(faces[0]))) if faces else None
        if mesh is not None:
            mesh = _sound(self._networks.mesh.fit(picture, region_of_mesh(mesh)))  # a second look from the better crop
        segments = None if mesh is None else self._divided(picture, mesh)
        expression = {} if mesh is None else self._networks.expression.score(mesh)
        return Observation(picture, pixels, scale, faces, mesh, expression, segments)

    def face(self, pixels: Pixels) -> tuple[Mesh, float] | None:
        """Only the mesh of the largest face in (H, W, 3), uint8, BGR, and the scale from its points to the full picture."""
        picture, scale = reduced(pixels)
        faces = self._people(picture)
        mesh = _sound(self._networks.mesh.fit(picture, region_of_face(faces[0]))) if faces else None
        return None if mesh is None else (mesh, scale)

    def live(self, pixels: Pixels) -> Observation:
        """A preview frame (H, W, 3), uint8, BGR: the mesh in every frame, expression, faces and segments at lower rates; segments
        are carried along with the head in between."""
        picture, scale = reduced(pixels)
        with self._lock:
            track = self._track
            if track.wants_faces:
                track.found(self._people(picture))
            mesh = None if track.region is None else _sound(self._networks.mesh.fit(picture, track.region))
            glimpse = glimpse_of(picture, region_of_head(mesh)) if mesh is not None and track.wants_glimpse else None
            track.followed(mesh, glimpse)
            self._relief.add(mesh)
            if mesh is None:
                return Observation(picture, pixels, scale, track.faces, None, {}, None)
            if track.wants_segments:
                track.divided(self._divided(picture, mesh), glimpse_of(picture, region_of_head(mesh)))
            if track.wants_expression:
                track.expression = self._networks.expression.score(mesh)
            segments = None if track.segments is None else carried(track.segments, track.origin, mesh)
            return Observation(picture, pixels, scale, track.faces, mesh, track.expression, segments)

    def _people(self, picture: Pixels) -> tuple[Face, ...]:
        """Every face: the full-range detector sees small ones, the short-range one those that look up or wear a hat."""
        return tuple(united(self._networks.faces.find(picture), self._networks.near_faces.find(picture)))

    def _divided(self, picture: Pixels, mesh: Mesh) -> Segments | None:
        """The segments of head and shoulders; `None` where the network says nothing sensible, or overlooks the very face."""
        segments = self._networks.segmenter.divide(picture, region_of_head(mesh))
        if not np.isfinite(segments.shares).all() or overlooked(segments, mesh):
            return None
        return mended(segments, picture, float(mesh.points[CHIN, 1]))


def _sound(mesh: Mesh) -> Mesh | None:
    """The mesh, unless the network says there is no face, or says nothing sensible."""
    return mesh if mesh.confidence >= PRESENT and bool(np.isfinite(mesh.points).all()) else None


def overlooked(segments: Segments, mesh: Mesh) -> bool:
    """Whether segments take the face itself for wall, as in some dim or grey pictures: nothing they say can be believed."""
    (x0, y0), (x1, y1) = mesh.points[:, :2].min(axis=0).tolist(), mesh.points[:, :2].max(axis=0).tolist()
    across, down = (x1 - x0) / 4, (y1 - y0) / 4
    face = segments.classes_within(x0 + across, y0 + down, x1 - across, y1 - down)
    return bool(face.size) and float((face == Segment.BACKGROUND).mean()) > OVERLOOKED


def reduced(pixels: Pixels) -> tuple[Pixels, float]:
    """The picture reduced by a whole number, which is much faster than by any other, and that number."""
    height, width = pixels.shape[:2]
    step = min(width, max(1, round(height / WORKING_HEIGHT)))
    if step == 1:
        return pixels, 1.0
    size = (width // step, height // step)
    whole = pixels[: size[1] * step, : size[0] * step]
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8), float(step)
